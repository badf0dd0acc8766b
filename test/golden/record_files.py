"""Records what TensorFlow's tf.gfile and tf.python_io answer: texts, listings, errors; and files of records.

    python test/golden/record_files.py

Needs `pip install tensorflow`. Writes test/golden/files.json and test/golden/records/*.
"""
import json, os, shutil, tempfile
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
g = tf.gfile
HERE = os.path.dirname(os.path.abspath(__file__))
golden = {}


def plain(x):
    if isinstance(x, bytes): return {'bytes': list(x)}
    if isinstance(x, (list, tuple)): return [plain(v) for v in x]
    return x


def say(name, body):
    try: golden[name] = {'value': plain(body())}
    except Exception as e: golden[name] = {'error': type(e).__name__, 'text': str(e)}


def with_file(name, mode, body):
    with g.GFile(name, mode) as f: return body(f)


def files():
    say('missing', lambda: g.GFile('none').read())
    say('mode', lambda: g.GFile('a', 'q'))
    say('write', lambda: with_file('a', 'w', lambda f: f.write('h\u00e9llo\nworld\r\nlast')))
    say('read', lambda: g.GFile('a').read())
    say('read bytes', lambda: g.GFile('a', 'rb').read())
    def parts():
        f = g.GFile('a')
        out = [f.readline(), f.tell(), f.read(3), f.read(), f.read(), f.readline()]
        f.seek(1, 0); out += [f.tell()]
        f.seek(2, 1); out += [f.tell()]
        f.seek(-2, 2); out += [f.read()]
        f.seek(0); out += [f.readlines(), f.size()]
        f.seek(position=3); out += [f.tell(), f.read(n=2)]
        return out
    say('parts', parts)
    say('lines', lambda: list(g.GFile('a')))
    say('lines bytes', lambda: [l for l in g.GFile('a', 'rb')])
    say('not for writing', lambda: g.GFile('a').write('x'))
    say('not for reading', lambda: g.GFile('a', 'w').read())
    f = g.GFile('a')
    say('seek without', lambda: f.seek())
    say('seek whence', lambda: f.seek(1, 5))
    say('seek beyond', lambda: f.seek(100))
    say('seek negative', lambda: f.seek(-1))
    say('read negative', lambda: f.read(-5))
    say('append', lambda: [with_file('a', 'a', lambda f: f.write('more')), g.GFile('a').read()])
    say('no directory', lambda: g.GFile('nodir/b', 'w').write('x'))
    g.GFile('bin', 'wb').write(b'\xff\xfe')
    say('bytes', lambda: g.GFile('bin', 'rb').read())
    say('not text', lambda: g.GFile('bin').read())
    say('write a number', lambda: g.GFile('n', 'w').write(3))
    os.remove('n')
    say('mkdir', lambda: g.MkDir('d'))
    say('mkdir again', lambda: g.MkDir('d'))
    say('mkdir without parent', lambda: g.MkDir('x/y'))
    say('makedirs', lambda: g.MakeDirs('e/f/g'))
    say('makedirs again', lambda: g.MakeDirs('e/f/g'))
    say('makedirs over a file', lambda: g.MakeDirs('a/b'))
    say('exists', lambda: [g.Exists('d'), g.Exists('zz'), g.IsDirectory('d'), g.IsDirectory('a'), g.IsDirectory('zz')])
    g.GFile('e/1.txt', 'w').write('1')
    g.GFile('e/f/2.txt', 'w').write('22')
    say('list', lambda: sorted(g.ListDirectory('e')))
    say('list missing', lambda: g.ListDirectory('zz'))
    say('list file', lambda: g.ListDirectory('a'))
    for pattern in ['e/*', 'e/*.txt', 'e/*/*.txt', 'zz*', 'zz/*', 'e/[0-9].txt', 'e/?.txt', 'e/{1,2}.txt', 'a', './a', 'e/f', '*', 'e*/*',
                    'e/[!1].txt', 'e/[!2].txt', 'e/[^2].txt', 'e/\\1.txt', 'e/[2-91].txt', 'e/*1*t', '?', 'e/*/*']:
        say('glob ' + pattern, lambda: sorted(g.Glob(pattern)))
    say('globs', lambda: g.Glob(['e/1*', 'a']))
    say('walk', lambda: list(g.Walk('e')))
    say('walk up', lambda: list(g.Walk('e', False)))
    say('walk missing', lambda: list(g.Walk('zz')))
    say('copy missing', lambda: g.Copy('zz', 'y'))
    say('copy over', lambda: g.Copy('a', 'bin'))
    say('copy overwriting', lambda: [g.Copy('a', 'bin', overwrite=True), g.GFile('bin').read()])
    say('rename missing', lambda: g.Rename('zz', 'y'))
    say('rename over', lambda: g.Rename('a', 'bin'))
    say('rename overwriting', lambda: [g.Rename('a', 'bin', True), g.Exists('a'), g.GFile('bin').read()])
    say('remove missing', lambda: g.Remove('zz'))
    say('remove directory', lambda: g.Remove('d'))
    say('remove', lambda: [g.Remove('bin'), g.Exists('bin')])
    say('delete missing', lambda: g.DeleteRecursively('zz'))
    say('delete', lambda: [g.DeleteRecursively('e'), g.Exists('e')])
    g.GFile('s', 'w').write('12345')
    say('stat', lambda: [g.Stat('s').length, g.Stat('s').is_directory, g.Stat('s').mtime_nsec > 1e18, g.Stat('d').is_directory])
    say('stat missing', lambda: g.Stat('zz'))
    say('read directory', lambda: g.GFile('d').read())
    say('write directory', lambda: g.GFile('d', 'w').write('x'))


RECORDS = [b'', b'a', b'hello' * 10, bytes(range(256)), b'z' * 70000]
OPTIONS = {'plain': None, 'zlib': tf.python_io.TFRecordOptions(1), 'gzip': tf.python_io.TFRecordOptions(2)}


def records():
    folder = os.path.join(HERE, 'records')
    os.makedirs(folder, exist_ok=True)
    for name, options in OPTIONS.items():
        path = os.path.join(folder, name + '.tfrecord')
        with tf.python_io.TFRecordWriter(path, options) as w:
            for r in RECORDS: w.write(r)
        raw = open(path, 'rb').read()
        def read(data, how):
            open('x', 'wb').write(data)
            lengths = []
            try:
                for r in tf.python_io.tf_record_iterator('x', how): lengths.append(len(r))
            except tf.errors.OpError as e: return {'lengths': lengths, 'error': type(e).__name__, 'text': str(e)}
            return {'lengths': lengths}
        cut = {n: read(raw[:n], options) for n in [0, 1, 12, 13, 16, 17, 30, 60, 120, 371, len(raw) - 1] if n < len(raw)}
        flip = {}
        for n in [0, 8, 12, 16, 24, 28, 29, 33, 50, 100]:
            data = bytearray(raw); data[n] ^= 1
            flip[n] = read(bytes(data), options)
        others = {other: read(raw, how) for other, how in OPTIONS.items() if other != name}
        golden['records ' + name] = {'cut': cut, 'flip': flip, 'others': others}
    say('record missing', lambda: list(tf.python_io.tf_record_iterator('/nonexistent/x')))
    say('record directory', lambda: tf.python_io.TFRecordWriter('/nonexistent/x'))
    w = tf.python_io.TFRecordWriter('q'); w.close()
    say('record closed', lambda: w.write(b'x'))
    kinds = tf.python_io.TFRecordOptions
    say('compressions', lambda: [kinds.get_compression_type_string(o) for o in OPTIONS.values()])


work = tempfile.mkdtemp()
os.chdir(work)
files()
records()
os.chdir(HERE)
shutil.rmtree(work)
with open(os.path.join(HERE, 'files.json'), 'w') as f: json.dump(golden, f, indent=1)
