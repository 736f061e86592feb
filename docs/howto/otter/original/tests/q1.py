OK_FORMAT = True

test = {   'name': 'q1',
    'points': 4,
    'suites': [   {   'cases': [   {'code': '>>> standardise(np.array([[1.0, 2.0], [3.0, 6.0]])).shape == (2, 2)\nTrue', 'hidden': False, 'locked': False},
                                   {   'code': '>>> X = np.random.default_rng(3).normal(5, 2, size=(50, 4))\n>>> bool(np.allclose(standardise(X).mean(axis=0), 0))\nTrue',
                                       'hidden': True,
                                       'locked': False},
                                   {   'code': '>>> X = np.random.default_rng(4).normal(5, 2, size=(50, 4))\n'
                                               '>>> bool(np.allclose(standardise(X), (X - X.mean(axis=0)) / X.std(axis=0), rtol=0.001))\n'
                                               'True',
                                       'hidden': True,
                                       'locked': False}],
                      'scored': True,
                      'setup': '',
                      'teardown': '',
                      'type': 'doctest'}]}
