"""Writes a checkpoint as TF2 programs do to test/golden/tf2_checkpoint: variables by how objects hold them.

    pip install tensorflow-cpu numpy && python test/golden/record_tf2_checkpoint.py
"""
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import numpy as np
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))


class Model(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(np.arange(6, dtype=np.float32).reshape(2, 3), name='w')
        self.b = tf.Variable(np.array([7, 8], np.int64), name='bias')


tf.train.Checkpoint(m=Model()).save(os.path.join(HERE, 'tf2_checkpoint', 'ck'))
os.remove(os.path.join(HERE, 'tf2_checkpoint', 'checkpoint'))
