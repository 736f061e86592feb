import numpy as np


def softmax(Z):
    shifted = np.exp(Z - Z.max())
    return shifted / shifted.sum(axis=1, keepdims=True)
