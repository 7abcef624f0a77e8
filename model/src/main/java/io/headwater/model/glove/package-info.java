/**
 * GloVe (Pennington et al., 2014): {@link io.headwater.model.glove.GloveModel} learns the
 * logarithms of how often words meet. Co-occurrences are counted first and shuffled on disk, then
 * trained on with AdaGrad by a scalar or a Vector API kernel.
 */
package io.headwater.model.glove;
