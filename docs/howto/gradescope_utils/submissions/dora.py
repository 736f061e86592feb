import numpy as np


def softmax(Z):
    return (np.exp(Z).T / np.exp(Z).sum(axis=0)[:, None]).T
