/** `tf.python.framework.dtypes`. */

export * from '../../dtypes.ts';
