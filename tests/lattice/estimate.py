"""Recomputes what the parameters must give: estimate.py CONSTANTS_EXECUTABLE. Fails when a constant moves.

The estimate is the standard "2016" one for the primal attack (Alkim, Ducas, Poeppelmann, Schwabe, eprint 2015/1092, section 6.3)
with Bai and Galbraith's rescaling for a small secret (ACISP 2014): the smallest block size beta for which, for some number m of
samples,
    sigma_e sqrt(beta) <= delta^(2 beta - d - 1) (q^m nu^n)^(1/d),   d = m + n + 1,   nu = sigma_e / sigma_s,
    delta = ((pi beta)^(1/beta) beta / (2 pi e))^(1 / (2 (beta - 1)))
at core-SVP cost 2^(0.292 beta). It is coarser than the lattice-estimator, whose numbers docs/encryption.md quotes.
"""
import math
import subprocess
import sys

SIGMA_TERNARY = math.sqrt(2 / 3)


def root_hermite_log2(beta):
    return math.log2((math.pi * beta) ** (1 / beta) * beta / (2 * math.pi * math.e)) / (2 * (beta - 1))


def attack_works(beta, n, m, log_q, log_sigma):
    d = m + n + 1
    log_nu = log_sigma - math.log2(SIGMA_TERNARY)
    reach = (2 * beta - d - 1) * root_hermite_log2(beta) + (m * log_q + n * log_nu) / d
    return log_sigma + math.log2(beta) / 2 <= reach


def core_svp_bits(n, samples, log_q, log_sigma):
    for beta in range(40, 2000):
        if any(attack_works(beta, n, m, log_q, log_sigma) for m in range(n // 8, samples + 1, n // 128)):
            return 0.292 * beta
    return math.inf


def check(name, found, good):
    print(f"{'ok' if good else 'WRONG'}: {name}: {found}")
    return good


def main():
    lines = subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True).stdout.split("\n")
    c = {name.removeprefix("EML_"): int(value) for name, value in (line.split() for line in lines if line)}
    n, rank = c["LATTICE_DEGREE"], c["LATTICE_RANK"]
    q = c["FE_P_HI"] << 64 | c["FE_P_LO"]
    words = 2 * c["LATTICE_ERROR_PAIRS"]
    variance = words * (4 ** c["LATTICE_ERROR_WORD_BITS"] - 1) / 12
    log_sigma, log_q = math.log2(variance) / 2, math.log2(q)
    bound = c["LATTICE_NOISE_BOUND"]
    # tail of a block, sub-Gaussian with the worst ternary s and r (params.h)
    tail = 1 + math.log2(n) - bound**2 / (2 * (1 + 2 * rank * n) * variance * math.log(2))
    wrong_key = n * math.log2(1 - 2 / 2 ** c["LATTICE_MARGIN_BITS"])
    smallest = 2 ** c["LATTICE_DELTA_BITS_MIN"]
    # a ciphertext shows k + 1 ring elements that share r: (k + 1) N samples; the public key k N
    bits = core_svp_bits(rank * n, (rank + 1) * n, log_q, log_sigma)
    half = core_svp_bits(rank * n // 2, (rank + 1) * n // 2, log_q, log_sigma)
    good = [
        check("dimension", rank * n, rank * n == 4096),
        check("modulus", q, q == 2**128 - 45 * 2**40 + 1),
        check("log2 sigma", log_sigma, abs(log_sigma - 32) < 1e-12 and c["LATTICE_SIGMA_LOG2"] == 32),
        check("noise bound, log2", math.log2(bound), bound == math.ceil(2**42.3)),
        check("log2 P(noise of a block beyond the bound)", tail, -129.5 < tail <= -128),
        check("log2 P(a wrong key passes for a block)", wrong_key, wrong_key <= -128),
        check("smallest Delta leaves room for fresh noise", smallest, bound < smallest / 2 - smallest / 2 ** c["LATTICE_MARGIN_BITS"]),
        check("core-SVP bits, N = 1024", round(bits, 1), 110 <= bits <= 114),
        check("core-SVP bits, N = 512: broken", round(half, 1), half < 70),
    ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
