/**
 * Word vectors, whatever trained them: {@link io.headwater.model.embedding.WordVectors}, the
 * vocabulary they belong to, their file formats and their measures of quality.
 */
package io.headwater.model.embedding;
