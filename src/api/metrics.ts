/** `tf.metrics`: each gives its value over all batches so far, and the operation that takes one more into account. */

export { mean_iou, mean_per_class_accuracy } from '../metrics/classes.ts';
export {
  false_negatives,
  false_positives,
  precision,
  recall,
  true_negatives,
  true_positives,
} from '../metrics/counts.ts';
export {
  accuracy,
  mean,
  mean_absolute_error,
  mean_cosine_distance,
  mean_relative_error,
  mean_squared_error,
  mean_tensor,
  percentage_below,
  root_mean_squared_error,
} from '../metrics/means.ts';
export {
  auc,
  false_negatives_at_thresholds,
  false_positives_at_thresholds,
  precision_at_thresholds,
  recall_at_thresholds,
  sensitivity_at_specificity,
  specificity_at_sensitivity,
  true_negatives_at_thresholds,
  true_positives_at_thresholds,
} from '../metrics/thresholds.ts';
export {
  average_precision_at_k,
  precision_at_k,
  precision_at_top_k,
  recall_at_k,
  recall_at_top_k,
  sparse_average_precision_at_k,
  sparse_precision_at_k,
} from '../metrics/top_k.ts';
