"""Records what TensorFlow's random changes of images give with a seed: writes test/golden/image_random.json.

    python test/golden/record_image_random.py        (needs `pip install tensorflow`)
"""
import json, os
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()

IMAGE = np.arange(2 * 3 * 3, dtype=np.float32).reshape(2, 3, 3) / 18
CALLS = [
    ['random_flip_left_right', []], ['random_flip_up_down', []], ['random_brightness', [0.5]],
    ['random_contrast', [0.2, 1.8]], ['random_hue', [0.4]], ['random_saturation', [0.2, 1.8]],
]
goldens = []
for name, args in CALLS:
    for seed in (1, 2, 3):
        with tf.Graph().as_default(), tf.Session() as session:
            tf.set_random_seed(12)
            out = getattr(tf.image, name)(tf.constant(IMAGE), *args, seed=seed)
            runs = [session.run(out).astype(np.float64).reshape(-1).tolist() for _ in range(2)]
            goldens.append({'name': name, 'args': args, 'seed': seed, 'shape': out.shape.as_list(), 'runs': runs})
BOXES = [[[0.1, 0.2, 0.6, 0.7], [0.5, 0.5, 0.9, 1.0]]]
WINDOWS = [
    {}, {'min_object_covered': 0.7}, {'aspect_ratio_range': [0.3, 3.0], 'area_range': [0.2, 0.4]},
    {'min_object_covered': 1.0, 'area_range': [0.05, 0.1], 'max_attempts': 3},
]
windows = []
for options in WINDOWS:
    for seeds in ((1, 2), (5, 9), (7, 0)):
        for size in ([60, 40, 3], [33, 57, 3]):
            with tf.Graph().as_default(), tf.Session() as session:
                # Called as TF1 called it, with both seeds as they are.
                args = {'min_object_covered': 0.1, **options}
                out = tf.raw_ops.SampleDistortedBoundingBoxV2(
                    image_size=tf.constant(size), bounding_boxes=tf.constant(BOXES), seed=seeds[0], seed2=seeds[1], **args)
                runs = [[np.asarray(x, np.float64).reshape(-1).tolist() for x in session.run(list(out))] for _ in range(3)]
                windows.append({'options': options, 'seeds': seeds, 'size': size, 'runs': runs})
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'image_random.json')
with open(path, 'w') as f:
    lines = lambda name, rows: json.dumps(name) + ': [\n' + ',\n'.join(json.dumps(g) for g in rows) + '\n]'
    f.write('{\n' + lines('changes', goldens) + ',\n' + lines('windows', windows) + '\n}\n')
