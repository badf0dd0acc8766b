/** `tf.contrib.framework.python.ops.audio_ops`: WAV files, and what frequencies audio has. */

export { audio_spectrogram, mfcc } from '../../ops/audio.ts';
export { decode_wav, encode_wav } from '../../ops/codecs.ts';
