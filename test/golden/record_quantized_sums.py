"""Records the sums that the quantized style graph's variances come from, and how far TensorFlow's own answers lie apart.

    TF_ENABLE_ONEDNN_OPTS=0 python test/golden/record_quantized_sums.py ../shared/artifacts

Writes test/golden/quantized_sums.json: `sums` by tensor name for the inputs of goldens/frozen__style_transfer_quantized, and
`spread`, the mean difference of colours between the golden and TensorFlow's answers to inputs changed by 1e-6 and 1e-4.
"""
import json, os, sys
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
ROOT = sys.argv[1]
case = json.load(open(ROOT + '/goldens/frozen__style_transfer_quantized/golden.json'))['cases'][0]
array = lambda p: np.array(p['data'], dtype=p['dtype']).reshape(p['shape'])
inputs = {k: array(v) for k, v in case['inputs'].items()}
golden = array(case['outputs']['output:0']).astype(float)
graph_def = tf.GraphDef.FromString(open(ROOT + '/frozen/style_transfer_quantized/' + case['file'], 'rb').read())
tf.import_graph_def(graph_def, name='')
names = [op.name + ':0' for op in tf.get_default_graph().get_operations() if op.type == 'Sum' and op.name.endswith('_ss')]
spread = []
with tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)) as s:
    sums = s.run(names, inputs)
    random = np.random.RandomState(0)
    for change in (1e-6, 1e-6, 1e-6, 1e-4, 1e-4, 1e-4):
        x = inputs['input:0']
        changed = {**inputs, 'input:0': (x * (1 + change * random.choice([-1, 1], x.shape))).astype(np.float32)}
        spread.append([change, float(np.abs(s.run('output:0', changed).astype(float) - golden).mean())])
HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, 'quantized_sums.json'), 'w') as f:
    json.dump({'spread': spread, 'sums': {n: [float(x) for x in v.ravel()] for n, v in zip(names, sums)}}, f)
print(spread)
