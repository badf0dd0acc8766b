"""Records what TensorFlow reads from the event files of TF1 programs in ../shared/artifacts/tfevents: tfevents.json.

    pip install tensorflow
    python test/golden/record_tfevents.py
"""
import glob, json, os
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import tensorflow.compat.v1 as tf

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.join(here, '../../../shared/artifacts/tfevents')
files = {}
for path in sorted(glob.glob(root + '/*/*')):
    row = {'events': 0, 'what': {}, 'tags': {}, 'nodes': [], 'last': None, 'error': None}
    try:
        for e in tf.train.summary_iterator(path):
            row['events'] += 1
            what = e.WhichOneof('what')
            row['what'][what] = row['what'].get(what, 0) + 1
            row['last'] = [e.wall_time, e.step]
            if what == 'graph_def':
                g = tf.GraphDef.FromString(e.graph_def)
                row['nodes'].append([len(g.node), g.node[-1].name])
            for v in e.summary.value:
                kind = v.WhichOneof('value')
                tag = row['tags'].setdefault(v.tag, [kind, 0, 0.])
                tag[1] += 1
                tag[2] += v.simple_value if kind == 'simple_value' else v.histo.sum
    except tf.errors.DataLossError as e:
        row['error'] = e.message
    files[os.path.relpath(path, root)] = row
with open(os.path.join(here, 'tfevents.json'), 'w') as f: json.dump(files, f, indent=1, sort_keys=True)
print(json.dumps(files, indent=1)[:2500])
