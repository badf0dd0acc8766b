"""Records what TensorFlow reads from image and audio files, and the files that it writes: codecs.json.

    pip install tensorflow pillow
    python test/golden/record_codecs.py

Pillow and this script write the files that are read. Where today's errors were reworded, the test
only looks at their class.
"""
import base64, io, json, os, struct, zlib
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import numpy as np
import tensorflow.compat.v1 as tf
from PIL import Image
tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)

rng = np.random.RandomState(0)
files = {}


def text(data):
    return base64.b64encode(data).decode()


def scene(h, w, c):
    y, x = np.mgrid[0:h, 0:w]
    base = np.stack([128 + 100 * np.sin(x / 7. + k) + 20 * np.cos(y / 5. * (k + 1)) for k in range(c)], -1)
    base += rng.randint(-20, 20, base.shape)
    base[h // 3:h // 2, w // 4:w // 2] = [255, 0, 40, 90][:c]
    return np.clip(base, 0, 255).astype(np.uint8)


def pillow(name, array, mode=None, **kw):
    out = io.BytesIO()
    image = Image.fromarray(array[:, :, 0] if array.ndim == 3 and array.shape[2] == 1 else array, mode)
    image.save(out, name.split('.')[-1].replace('jpg', 'jpeg'), **kw)
    files[name] = out.getvalue()


# ---- JPEG
for h, w in [(19, 17), (5, 3), (1, 1), (16, 33)]:
    a = scene(h, w, 3)
    for s in (0, 1, 2):
        for p in (False, True):
            if (h, w) != (19, 17) and (s, p) not in ((2, False), (1, True)): continue
            pillow(f'rgb{h}x{w}_s{s}_p{int(p)}.jpg', a, quality=60, subsampling=s, progressive=p)
pillow('gray.jpg', scene(19, 17, 1), quality=80)
pillow('gray_p.jpg', scene(19, 17, 1), quality=80, progressive=True, optimize=True)
pillow('cmyk.jpg', scene(19, 17, 4), 'CMYK', quality=80)
pillow('restart.jpg', scene(33, 20, 3), quality=80, restart_marker_blocks=2)
pillow('restart_p.jpg', scene(33, 20, 3), quality=80, restart_marker_rows=1, progressive=True)
pillow('keeprgb.jpg', scene(19, 17, 3), quality=80, keep_rgb=True)
files['cut.jpg'] = files['rgb19x17_s2_p0.jpg'][:-40]
files['noend.jpg'] = files['rgb19x17_s2_p0.jpg'][:-2]

# ---- PNG
def chunk(kind, body): return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))


def png(h, w, depth, color, rows, extra, interlace):
    head = struct.pack('>IIBBBBB', w, h, depth, color, 0, 0, interlace)
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + extra + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b'')


def packed(line, depth):
    if depth == 16: return line.astype('>u2').tobytes()
    if depth == 8: return line.astype(np.uint8).tobytes()
    bits = ''.join(format(int(v), f'0{depth}b') for v in line)
    bits += '0' * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def rows_of(v, depth): return b''.join(b'\0' + packed(v[i].reshape(-1), depth) for i in range(len(v)))


PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
for color, depths in {0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]}.items():
    for d in depths:
        h, w, n = 5, 9, {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
        v = rng.randint(0, 2 ** d, (h, w, n))
        extra, variants = b'', {'': b''}
        if color == 3:
            v %= min(2 ** d, 20)
            extra = chunk(b'PLTE', rng.randint(0, 256, (min(2 ** d, 20), 3)).astype(np.uint8).tobytes())
            variants['t'] = chunk(b'tRNS', bytes([0, 100, 7][:min(3, 2 ** d)]))
        v[0, 0] = v[1, 1]
        if color in (0, 2): variants['t'] = chunk(b'tRNS', b''.join(struct.pack('>H', int(t)) for t in v[1, 1]))
        for name, t in variants.items():
            files[f'c{color}_d{d}{name}.png'] = png(h, w, d, color, rows_of(v, d), extra + t, 0)
        passes = b''.join(rows_of(v[y::dy, x::dx], d) for x, y, dx, dy in PASSES if v[y::dy, x::dx].size)
        files[f'c{color}_d{d}_i.png'] = png(h, w, d, color, passes, extra, 1)
for c in (1, 3, 4): pillow(f'filters{c}.png', scene(21, 13, c))
files['crc.png'] = files['c2_d8.png'][:30] + b'x' + files['c2_d8.png'][31:]
files['cut.png'] = files['c2_d8.png'][:-30]

# ---- GIF, BMP, WAV
frames = [Image.fromarray(scene(10, 12, 3)).quantize(32) for _ in range(3)]
def gif(name, first, **kw):
    out = io.BytesIO()
    first.save(out, 'gif', **kw)
    files[name] = out.getvalue()
gif('animated.gif', frames[0], save_all=True, append_images=frames[1:], optimize=False, disposal=2)
gif('one.gif', frames[0])
a = np.zeros((20, 30), np.uint8)
b, c = a.copy(), a.copy()
b[5:9, 7:12] = 1
c[15:18, 1:3] = 1
gif('partial.gif', Image.fromarray(a * 200), save_all=True, append_images=[Image.fromarray(b * 200), Image.fromarray(c * 200)])
gif('interlaced.gif', Image.fromarray(scene(21, 23, 3)).quantize(256), interlace=1)
files['cut.gif'] = files['one.gif'][:-30]
pillow('rgb.bmp', scene(5, 7, 3))
pillow('rgba.bmp', scene(5, 7, 4))
files['cut.bmp'] = files['rgb.bmp'][:-9]

session = tf.Session()
contents = tf.placeholder(tf.string, [])


def plain(v): return {'shape': list(np.shape(v)), 'dtype': str(np.asarray(v).dtype), 'data': text(np.asarray(v).tobytes())}


def ask(make):
    try:
        return [plain(v) for v in make()]
    except Exception as e:
        lines = [x for x in str(e).split('\n') if x.strip()]
        at = [i for i, x in enumerate(lines) if x.startswith('Node: ')]
        return {'error': type(e).__name__, 'text': lines[at[0] + 1] if at else lines[0]}


def decode(name, op, **kw):
    kw = {k: tf.as_dtype(v) if k == 'dtype' else v for k, v in kw.items()}
    outputs = getattr(tf.raw_ops, op)(contents=contents, **kw)
    return ask(lambda: session.run(list(outputs) if isinstance(outputs, tuple) else [outputs], {contents: files[name]}))


reads, writes = [], []
for name in sorted(files):
    kind = name.split('.')[-1]
    options = {
        'jpg': [{}, {'dct_method': 'INTEGER_ACCURATE'}, {'fancy_upscaling': False}, {'channels': 1}, {'channels': 3}, {'ratio': 2}, {'ratio': 4}, {'ratio': 8}],
        'png': [{}, {'channels': 1}, {'channels': 3}, {'channels': 4}, {'dtype': 'uint16'}, {'dtype': 'uint16', 'channels': 4}],
        'gif': [{}], 'bmp': [{'channels': 0}]}[kind]
    op = {'jpg': 'DecodeJpeg', 'png': 'DecodePng', 'gif': 'DecodeGif', 'bmp': 'DecodeBmp'}[kind]
    for kw in options: reads.append([name, op, kw, decode(name, op, **kw)])
reads.append(['rgb19x17_s2_p0.jpg', 'ExtractJpegShape', {}, decode('rgb19x17_s2_p0.jpg', 'ExtractJpegShape')])
for window in ([2, 3, 10, 9], [0, 0, 19, 17], [0, 0, 20, 17]):
    reads.append(['rgb19x17_s2_p0.jpg', 'DecodeAndCropJpeg', {'crop_window': window}, decode('rgb19x17_s2_p0.jpg', 'DecodeAndCropJpeg', crop_window=window)])

audio = np.linspace(-1.2, 1.1, 10).reshape(5, 2).astype(np.float32)
files['two.wav'] = session.run(tf.audio.encode_wav(audio, 16000))
files['cut.wav'] = files['two.wav'][:50]
files['junk.wav'] = files['two.wav'] + b'LIST\4\0\0\0abcd'
for name in ('two.wav', 'cut.wav', 'junk.wav'):
    for kw in ({}, {'desired_channels': 1}, {'desired_channels': 3, 'desired_samples': 7}, {'desired_samples': 2}):
        reads.append([name, 'DecodeWav', kw, decode(name, 'DecodeWav', **kw)])

for h, w in [(16, 16), (19, 21), (1, 1), (9, 25)]:
    for c in (1, 3):
        image = scene(h, w, c)
        for kw in [{}, {'quality': 20}, {'quality': 100, 'chroma_downsampling': False}, {'optimize_size': True}, {'progressive': True}, {'progressive': True, 'quality': 40, 'chroma_downsampling': False}, {'density_unit': 'cm', 'x_density': 72, 'y_density': 100, 'xmp_metadata': '<x/>'}]:
            writes.append(['encode_jpeg', plain(image), kw, text(session.run(tf.image.encode_jpeg(image, **kw)))])
writes.append(['encode_wav', plain(audio), {'sample_rate': 16000}, text(files['two.wav'])])

out = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'codecs.json')
with open(out, 'w') as f:
    json.dump({'files': {k: text(v) for k, v in sorted(files.items())}, 'reads': reads, 'writes': writes}, f, indent=0, sort_keys=True)
print(len(files), 'files', len(reads), 'reads', len(writes), 'writes', os.path.getsize(out), 'bytes')
