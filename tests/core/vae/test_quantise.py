"""The code book: nearest codes against scikit-learn, gradients by hand and past autograd."""

from __future__ import annotations

import torch
from sklearn.neighbors import NearestNeighbors

from core.vae.quantise import COMMITMENT, nearest, quantise


def some(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_the_nearest_code_is_sklearns() -> None:
    into, book = some(40, 3, 4), some(17, 4, seed=1)
    finder = NearestNeighbors(n_neighbors=1).fit(book.numpy())
    expected = finder.kneighbors(into.flatten(0, 1).numpy(), return_distance=False)
    assert nearest(into, book).flatten().tolist() == expected[:, 0].tolist()


def test_codes_of_the_book_stay_as_they_are() -> None:
    book = some(9, 2)
    found = quantise(book[None], book)
    assert found.codes.tolist() == [list(range(9))]
    assert torch.equal(found.z[0], book)
    assert found.loss.tolist() == [0.0]


def test_the_gradient_passes_straight_through() -> None:
    """What follows sees the code; its gradient comes to what came in, as if there were no book.

    By hand: of the mean of (w . passed)^2 it is 2 (w . z) w / n at every vector.
    """
    into, book, w = some(5, 1, 3).requires_grad_(), some(4, 3, seed=1).requires_grad_(), some(3)
    found = quantise(into, book)
    torch.testing.assert_close(found.passed, found.z)
    value = ((found.passed @ w) ** 2).mean()
    by_into, by_book = torch.autograd.grad(value, (into, book), allow_unused=True)
    z = book.detach()[found.codes]
    torch.testing.assert_close(by_into, 2 * (z @ w)[..., None] * w / 5)
    assert by_book is None, "the reconstruction may not move the book"


def test_the_loss_pulls_both_sides_by_their_own_share() -> None:
    """Equation 3 by hand: 2 (code - vector) to the book, 2 beta (vector - code) to the encoder."""
    into, book = some(6, 2, 3).requires_grad_(), some(4, 3, seed=1).requires_grad_()
    found = quantise(into, book)
    apart = into.detach() - book.detach()[found.codes]
    torch.testing.assert_close(found.loss, (1 + COMMITMENT) * apart.square().sum((1, 2)))
    by_into, by_book = torch.autograd.grad(found.loss.sum(), (into, book))
    torch.testing.assert_close(by_into, 2 * COMMITMENT * apart)
    expected = torch.zeros_like(by_book)
    for code, gap in zip(found.codes.flatten(), apart.flatten(0, 1), strict=True):
        expected[code] -= 2 * gap
    torch.testing.assert_close(by_book, expected)
    assert COMMITMENT == 0.25  # van den Oord et al. 2017, section 3.2


def test_a_step_on_the_loss_moves_the_book_to_the_mean_of_its_vectors() -> None:
    """Where vectors of one code are m, the pull is 2 m times its way to their mean."""
    into, book = some(30, 1, 2), some(3, 2, seed=2).requires_grad_()
    found = quantise(into, book)
    (pull,) = torch.autograd.grad(found.loss.sum(), book)
    for code in range(3):
        own = into[found.codes[:, 0] == code, 0]
        expected = (
            2 * len(own) * (book.detach()[code] - own.mean(0)) if len(own) else torch.zeros(2)
        )
        torch.testing.assert_close(pull[code], expected, check_dtype=False)
