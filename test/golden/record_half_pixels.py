"""Records graphs of later versions that resize images from the centres of pixels: writes test/golden/half_pixels.json.

    python test/golden/record_half_pixels.py        (needs `pip install tensorflow`)
"""
import base64, json, os
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()

IMAGE = np.round(np.random.RandomState(2).uniform(0, 1, (1, 4, 5, 2)), 3).astype(np.float32)
goldens = []
for name in ('ResizeBilinear', 'ResizeBicubic', 'ResizeNearestNeighbor'):
    for size in ([7, 9], [2, 3], [4, 10]):
        with tf.Graph().as_default() as graph, tf.Session() as session:
            x = tf.placeholder(tf.float32, IMAGE.shape, name='x')
            y = getattr(tf.raw_ops, name)(images=x, size=tf.constant(size), half_pixel_centers=True, name='y')
            out = session.run(y, {x: IMAGE})
            goldens.append({'name': name, 'size': size, 'data': out.astype(np.float64).reshape(-1).tolist(),
                            'graph': base64.b64encode(graph.as_graph_def().SerializeToString()).decode()})
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'half_pixels.json')
with open(path, 'w') as f:
    json.dump({'image': IMAGE.astype(np.float64).reshape(-1).tolist(), 'shape': IMAGE.shape, 'cases': goldens}, f)
    f.write('\n')
