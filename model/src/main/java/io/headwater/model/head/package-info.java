/**
 * What a task's network has above its body.
 *
 * <p>A {@link io.headwater.model.head.HeadedNetwork} is a family's {@link
 * io.headwater.model.head.Body} and a {@link io.headwater.model.head.TaskHead}: a {@link
 * io.headwater.model.head.Readout} picks rows out of the body's states, a linear layer scores them,
 * a {@link io.headwater.model.head.Loss} compares the scores with what is asked. A new head is one
 * class here and works on every body.
 */
package io.headwater.model.head;
