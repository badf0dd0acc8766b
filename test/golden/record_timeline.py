"""Records the traces that TensorFlow makes of the steps of a run: test/golden/timeline.json.

Needs `pip install tensorflow`.
"""
import json, os
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
from tensorflow.core.framework import step_stats_pb2
from tensorflow.python.client.timeline import Timeline

NODES = [  # name, label, start, duration, sizes of outputs
    ('x', 'x = Placeholder()', 100, 3, [[2, 3]]),
    ('w', 'w = VariableV2()', 102, 10, [[3, 4]]),
    ('y', 'y = MatMul(x, w)', 120, 40, [[2, 4]]),
    ('parts', 'parts = Split(axis, y)', 125, 60, [[2, 2], [2, 2]]),
    ('z', 'z = Add(parts, parts:1, ^y)', 200, 5, [[2, 2]]),
    ('done', 'no label', 206, 1, []),
]
DEVICE = '/job:localhost/replica:0/task:0/device:CPU:0'
stats = step_stats_pb2.StepStats()
device = stats.dev_stats.add(device=DEVICE)
plain = []
for name, label, start, duration, outputs in NODES:
    node = device.node_stats.add(node_name=name, timeline_label=label, all_start_micros=start, all_end_rel_micros=duration, op_end_rel_micros=duration)
    for slot, shape in enumerate(outputs):
        output = node.output.add(slot=slot)
        d = output.tensor_description
        d.dtype = 1
        for size in shape: d.shape.dim.add(size=size)
        a = d.allocation_description
        a.requested_bytes = a.allocated_bytes = 4 * shape[0] * shape[1]
        a.allocator_name = 'cpu'
    plain.append({
        'node_name': name, 'timeline_label': label, 'all_start_micros': start, 'all_end_rel_micros': duration,
        'op_start_rel_micros': 0, 'op_end_rel_micros': duration, 'memory': [],
        'output': [{'slot': i, 'tensor_description': {'dtype': 'float32', 'shape': s, 'bytes': 4 * s[0] * s[1]}} for i, s in enumerate(outputs)],
    })
traces = [[flow, memory, Timeline(stats).generate_chrome_trace_format(show_dataflow=flow, show_memory=memory)]
          for flow in (True, False) for memory in (False, True)]
maximums = Timeline(stats).analyze_step_stats(show_memory=True).allocator_maximums
out = {'dev_stats': [{'device': DEVICE, 'node_stats': plain}], 'traces': traces,
       'maximums': {k: [v.timestamp, v.num_bytes, sorted(v.tensors)] for k, v in maximums.items()}}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'timeline.json'), 'w') as f: json.dump(out, f)
print(len(traces), maximums)
