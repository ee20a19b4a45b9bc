"""CRC-64/NVME: the checksum that S3 keeps of every object that is uploaded without one.

botocore leaves it to a library in C, awscrt, and checks nothing where that is missing. Here a core does some 100 MB in
a second: the content is one large number, whose one half is folded onto the other until little is left.

A number stands for a polynomial over GF(2). Its lowest bit is the highest power, as the checksum wants it: so to take
a power off is to shift to the right.
"""

import base64

_POLYNOMIAL = 0x9A6C9329AC4BC9B5
_ONES = (1 << 64) - 1
_SHORT = 2048  # bits, of which one after the other is taken
_CHOICE = 512  # places to fold at: the fewer powers the factor there has, the less is to be added up


def encoded_crc64(content: bytes) -> str:
    """The checksum as S3 tells it: Base64."""
    return base64.b64encode(crc64(content).to_bytes(8, "big")).decode()


def crc64(content: bytes) -> int:
    """The checksum of `content` as a number."""
    bits, value = 8 * len(content), int.from_bytes(content, "little") ^ _ONES
    while bits > _SHORT:
        behind, factor = _fold(bits)
        ahead = bits - behind
        back = value >> ahead
        value = _product(value & (1 << ahead) - 1, factor)
        bits = ahead + 63  # of the product; its end is where the end of the back is
        value ^= back << bits - behind
    return _taken_off(value, bits) ^ _ONES


def _fold(bits: int) -> tuple[int, int]:
    """Of how many bits the back is to consist, half of them at most, and by what the front is to be multiplied."""
    behind = bits // 2 - min(_CHOICE, bits // 512)
    factor = _power(behind)
    best = behind, factor
    while behind < bits // 2:
        behind, factor = behind + 1, _taken_off(factor, 1)
        best = min(best, (behind, factor), key=lambda one: one[1].bit_count())
    return best


def _power(exponent: int) -> int:
    """The remainder of that power."""
    power = 1 << 63
    for bit in f"{exponent:b}":
        power = _taken_off(_product(power, power), 63 + int(bit))
    return power


def _product(value: int, factor: int) -> int:
    product = 0
    while factor:
        lowest = factor & -factor
        product ^= value << lowest.bit_length() - 1
        factor ^= lowest
    return product


def _taken_off(value: int, bits: int) -> int:
    """The remainder once the `bits` highest powers are taken off."""
    for _ in range(bits):
        value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
    return value
