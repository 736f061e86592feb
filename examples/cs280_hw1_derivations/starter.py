# Write each line of a derivation as a function of the inputs, which returns what the line says, and list them in order:
#
#     def chain_rule(X, pi, mu, Sigma): ...
#     def by_responsibilities(X, pi, mu, Sigma): ...
#
#     grad_mu_steps = [chain_rule, by_responsibilities]
import numpy as np

# 1. of (X, pi, mu, Sigma): dl/dmu
grad_mu_steps = []

# 2. of (X, pi, mu, Sigma): dl/dpi, the entries of pi independent
grad_pi_steps = []

# 3. of (X, pi, mu, Sigma, lam): dL/dpi at any lambda; the multiplier of the constraint; the gradient within the simplex
dL_dpi_steps = []
multiplier_steps = []
grad_pi_constrained_steps = []

# 4. of (z, y_bar): r_bar and z_bar, for two outputs and for any number
r_bar_of_two_steps = []
z_bar_of_two_steps = []
r_bar_steps = []
z_bar_steps = []

# 5. of (Z, Y_bar): R_bar, of shape (N, 1), and Z_bar, row by row
R_bar_steps = []
Z_bar_steps = []
