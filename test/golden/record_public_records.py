"""Records what TensorFlow finds in the Examples of public files of records.

    python test/golden/record_public_records.py ../shared/artifacts/tfrecord

Needs `pip install tensorflow`. Writes test/golden/public_records.json: for each Example, each feature's kind, the number of
values, and the first ones (of byte strings their lengths and hashes).
"""
import hashlib, json, os, sys
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import tensorflow.compat.v1 as tf
out = {}
for name in ['tf_c_testdata/tf_record', 'edward_toy/toy_data.tfrecords']:
    rows = out[name] = []
    for record in tf.python_io.tf_record_iterator(os.path.join(sys.argv[1], name)):
        example = tf.train.Example.FromString(record)
        row = {}
        for key in sorted(example.features.feature):
            feature = example.features.feature[key]
            kind = feature.WhichOneof('kind')
            values = list(getattr(feature, kind).value)
            first = [[len(v), hashlib.sha256(v).hexdigest()] if isinstance(v, bytes) else v for v in values[:4]]
            row[key] = [kind, len(values), first]
        rows.append(row)
HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, 'public_records.json'), 'w') as f: json.dump(out, f, indent=0)
