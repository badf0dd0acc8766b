"""Records what TensorFlow and TensorBoard read from an event file of this library: event_readers.json.

    pip install tensorflow tensorboard
    npx tsx --conditions=tf1-src test/summary/event_program.ts /tmp/events
    python test/golden/record_event_readers.py /tmp/events
"""
import base64, glob, json, os, sys
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import tensorflow.compat.v1 as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

directory = sys.argv[1]
path, = glob.glob(directory + '/events.out.tfevents.*')
rows = []
for e in tf.train.summary_iterator(path):
    what = e.WhichOneof('what')
    row = {'wall_time': e.wall_time, 'step': e.step, 'what': what}
    if what == 'summary': row['values'] = [[v.tag, v.WhichOneof('value'), v.HasField('metadata')] for v in e.summary.value]
    if what == 'graph_def': row['nodes'] = [n.name for n in tf.GraphDef.FromString(e.graph_def).node]
    if what == 'meta_graph_def':
        m = tf.MetaGraphDef.FromString(e.meta_graph_def)
        row['collections'] = sorted(m.collection_def)
        row['ops'] = [o.name for o in m.meta_info_def.stripped_op_list.op]
        with tf.Graph().as_default() as g:
            tf.train.import_meta_graph(m)
            row['imported'] = len(g.get_operations())
    if what == 'tagged_run_metadata':
        m = tf.RunMetadata.FromString(e.tagged_run_metadata.run_metadata)
        s = m.step_stats.dev_stats[0].node_stats[0]
        o = s.output[0].tensor_description
        row['run'] = [e.tagged_run_metadata.tag, m.step_stats.dev_stats[0].device, s.node_name, s.all_start_micros, s.op_end_rel_micros, s.timeline_label, tf.as_dtype(o.dtype).name, [d.size for d in o.shape.dim], o.allocation_description.allocated_bytes]
    if what == 'session_log': row['log'] = [e.session_log.status, e.session_log.checkpoint_path]
    rows.append(row)

board = EventAccumulator(path, size_guidance={k: 0 for k in ('scalars', 'images', 'audio', 'histograms', 'tensors', 'compressedHistograms')})
board.Reload()
tags = board.Tags()
seen = {
    'tags': {k: v if isinstance(v, bool) else sorted(v) for k, v in tags.items()},
    'loss': [[s.step, s.value] for s in board.Scalars('loss')],
    'eval': [[s.step, s.value] for s in board.Scalars('eval')],
    'weights': [[h.step, h.histogram_value.min, h.histogram_value.max, h.histogram_value.num, h.histogram_value.sum] for h in board.Histograms('weights')],
    'picture': [[i.step, i.width, i.height] for i in board.Images('picture/image/0')],
    'sound': [[a.step, a.sample_rate, a.length_frames, a.content_type] for a in board.Audio('sound/audio/0')],
    'words': [[t.step, t.tensor_proto.string_val[0].decode()] for t in board.Tensors('words')],
    'plugin': board.SummaryMetadata('words').plugin_data.plugin_name,
    'graph': len(board.Graph().node),
    'run': board.RunMetadata('step2').step_stats.dev_stats[0].node_stats[0].node_name,
}
out = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'event_readers.json')
with open(out, 'w') as f:
    json.dump({'file': base64.b64encode(open(path, 'rb').read()).decode(), 'name': '.'.join(os.path.basename(path).split('.')[:4]), 'tensorflow': rows, 'tensorboard': seen}, f, indent=1, sort_keys=True)
print(json.dumps(seen, indent=1))
