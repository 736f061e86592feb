import numpy as np


def softmax(Z):
    exponential = np.exp(Z)
    return exponential / exponential.sum(axis=1, keepdims=True)
