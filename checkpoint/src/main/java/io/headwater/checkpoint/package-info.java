/**
 * Ground floor: the checkpoint, a folder that Hugging Face tools open as it stands, and the flat
 * vectors whose bytes it holds.
 *
 * <p>{@link io.headwater.checkpoint.Checkpoint} reads one; a parameter shard writes its part with
 * {@link io.headwater.checkpoint.ShardCheckpointWriter}, the driver joins the parts with {@link
 * io.headwater.checkpoint.CheckpointCommit}. The format is specified in {@code
 * docs/format/checkpoint.md}. Depends on no other module; Hadoop's FileSystem stops here.
 */
package io.headwater.checkpoint;
