"""Times a graph in a tf.compat.v1.Session with one thread: DIRECTORY INIT FETCH... Reads milliseconds, writes what was done."""

import json
import os
import sys
import time

import numpy as np
import tensorflow as tensorflow

tf = tensorflow.compat.v1
directory, init, *fetches = sys.argv[1:]
graph = tf.Graph()
with graph.as_default():
    graph_def = tf.GraphDef()
    with open(os.path.join(directory, "graph.pb"), "rb") as file:
        graph_def.ParseFromString(file.read())
    tf.import_graph_def(graph_def, name="")
    config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    session = tf.Session(config=config)
    if init:
        session.run(init)
    feeds = dict(np.load(os.path.join(directory, "feeds.npz")))
    session.run(fetches, feeds)
    print("ready", flush=True)
    for line in sys.stdin:
        length = float(line) / 1000
        start = now = time.perf_counter()
        steps = 0
        while now - start < length:
            session.run(fetches, feeds)
            steps += 1
            now = time.perf_counter()
        print(json.dumps({"steps": steps, "milliseconds": (now - start) * 1000}), flush=True)
