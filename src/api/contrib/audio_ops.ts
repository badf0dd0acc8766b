/** `tf.contrib.framework.python.ops.audio_ops`: audio from and to WAV files. */

export { decode_wav, encode_wav } from '../../ops/codecs.ts';
