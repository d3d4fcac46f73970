"""The latent layer and the objectives in somebody else's network."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from divergences.ops import Pairing, divergence_sum
from vae import LatentLayer
from vae.flow import FlowLayer
from vae.gradients import double_reparameterise
from vae.objectives import elbo, iwae, vr


class Theirs(nn.Module):
    """A network that knows nothing of this project but the five marked lines."""

    def __init__(self, layer: LatentLayer) -> None:
        super().__init__()
        self.layer = layer  # 1
        self.encoder = nn.Sequential(nn.Conv2d(1, 8, 4, 4), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 49, layer.inputs))
        self.decoder = nn.Sequential(nn.Linear(len(layer.pairing), 64), nn.ReLU(), nn.Linear(64, 784))

    def loss(self, x: Tensor) -> Tensor:
        posterior = self.layer.posterior(self.encoder(x.unflatten(-1, (1, 28, 28))))  # 2
        z, log_ratio = self.layer(*posterior, samples=5, analytic=False)  # 3
        nll = F.binary_cross_entropy_with_logits(self.decoder(z), x.expand(5, -1, -1), reduction="none").sum(-1)
        return -iwae(-nll, log_ratio).mean()  # 4, and the import is 5


@pytest.mark.parametrize("flow", [False, True])
def test_five_lines_make_anybodys_network_a_vae(few, flow):
    torch.manual_seed(0)
    pairing = Pairing.parse("Lo/N:6,La/N:4,La/La:2")
    network = Theirs(FlowLayer(pairing, 1, 16) if flow else LatentLayer(pairing))
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    losses = []
    for _ in range(3):
        for x in few.train.split(50):
            optimiser.zero_grad()
            loss = network.loss(x)
            loss.backward()
            optimiser.step()
            losses.append(float(loss.detach()))
    assert sum(losses[-8:]) < sum(losses[:8]) - 8 * 100


def test_a_layer_is_saved_moved_and_copied_with_its_network(few):
    import copy

    network = Theirs(LatentLayer(Pairing.parse("La/G:3,U/U:2")))
    assert not [key for key in network.state_dict() if key.startswith("layer.")], "it has no weights"
    again = copy.deepcopy(network).double()
    loc, log_scale = again.layer.posterior(again.encoder(few.train[:3].double().unflatten(-1, (1, 28, 28))))
    assert loc.dtype == log_scale.dtype == torch.float64


@pytest.mark.parametrize(("kind", "alpha"), [("kld", None), ("hellinger", None), ("renyi", 0.5)])
def test_a_layer_of_another_discrepancy(kind, alpha):
    layer = LatentLayer(Pairing.parse("N/N:2,Lo/N:1"), kind, alpha)
    loc, log_scale = layer.posterior(torch.randn(4, layer.inputs))
    z, nats = layer(loc, log_scale)
    torch.testing.assert_close(nats, divergence_sum(kind, layer.pairing, loc, log_scale, alpha))
    assert elbo(-z.square().sum(-1), nats).shape == (4,)


def test_the_doubly_reparameterised_gradient_outside_a_model():
    layer = LatentLayer(Pairing.parse("N/N:2"))
    encoded = torch.zeros(1, 4, requires_grad=True)
    z, log_ratio = layer(*layer.posterior(encoded), samples=7, analytic=False, score=False)
    log_likelihood = -(z - 1).square().sum(-1)
    double_reparameterise(z, log_likelihood + log_ratio, alpha=0.5)
    vr(log_likelihood, log_ratio, 0.5).sum().backward()
    assert encoded.grad is not None
    assert encoded.grad.isfinite().all()
