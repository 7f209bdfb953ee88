"""A small GGUF v3 writer with Q8_0 and Q4_0 block quantization (numpy)."""
import struct
import numpy as np

U32, I32, F32T, BOOL, STR, ARR, U64 = 4, 5, 6, 7, 8, 9, 10
F32, F16, Q4_0, Q8_0, BF16 = 0, 1, 2, 8, 30


def q8_0(w):
    """w: rows x 32n float32 -> bytes; value = d * q, d = max|x| / 127 per block of 32, stored as f16."""
    b = w.reshape(-1, 32)
    d = np.abs(b).max(1) / 127
    q = np.rint(b / np.where(d == 0, 1, d)[:, None]).astype(np.int8)
    out = np.empty((len(b), 34), np.uint8)
    out[:, :2] = d.astype("<f2").view(np.uint8).reshape(-1, 2)
    out[:, 2:] = q.view(np.uint8)
    return out.tobytes()


def q8_0_values(w):
    b = w.reshape(-1, 32)
    d = np.abs(b).max(1) / 127
    return (np.rint(b / np.where(d == 0, 1, d)[:, None]) * d.astype(np.float16).astype(np.float32)[:, None]).reshape(w.shape)


def _q4_0(b):
    m = b[np.arange(len(b)), np.abs(b).argmax(1)]
    d = m / -8
    q = np.clip(np.trunc(b / np.where(d == 0, 1, d)[:, None] + 8.5), 0, 15).astype(np.uint8)
    return d.astype("<f2"), q


def q4_0(w):
    d, q = _q4_0(w.reshape(-1, 32))
    out = np.empty((len(q), 18), np.uint8)
    out[:, :2] = d.view(np.uint8).reshape(-1, 2)
    out[:, 2:] = q[:, :16] | (q[:, 16:] << 4)
    return out.tobytes()


def q4_0_values(w):
    d, q = _q4_0(w.reshape(-1, 32))
    return ((q.astype(np.float32) - 8) * d.astype(np.float32)[:, None]).reshape(w.shape)


def bf16(w):
    return ((w.astype("<f4").view("<u4") + 0x7FFF + ((w.astype("<f4").view("<u4") >> 16) & 1)) >> 16).astype("<u2").tobytes()


ENCODE = {F32: lambda w: w.astype("<f4").tobytes(), F16: lambda w: w.astype("<f2").tobytes(), BF16: bf16, Q8_0: q8_0, Q4_0: q4_0}


class Writer:
    def __init__(self, arch):
        self.kv, self.tensors, self.arch = [], [], arch
        self.add("general.architecture", arch)

    def add(self, key, v, kind=None):
        self.kv.append((key, v, kind))

    def arch_add(self, key, v, kind=None):
        self.add(f"{self.arch}.{key}", v, kind)

    def tensor(self, name, w, kind):
        self.tensors.append((name, np.ascontiguousarray(w, np.float32), kind))

    @staticmethod
    def _s(s):
        b = s.encode()
        return struct.pack("<Q", len(b)) + b

    def _v(self, v, kind):
        if kind is None:
            kind = BOOL if isinstance(v, bool) else STR if isinstance(v, str) else F32T if isinstance(v, float) else U32 if isinstance(v, int) else ARR
        if kind != ARR:
            body = {U32: lambda: struct.pack("<I", v), I32: lambda: struct.pack("<i", v), F32T: lambda: struct.pack("<f", v), BOOL: lambda: struct.pack("<B", v), STR: lambda: self._s(v)}[kind]()
            return kind, body
        el = BOOL if isinstance(v[0], bool) else STR if isinstance(v[0], str) else F32T if isinstance(v[0], float) else I32
        return ARR, struct.pack("<IQ", el, len(v)) + b"".join(self._v(x, el)[1] for x in v)

    def save(self, path, align=32):
        head = b"GGUF" + struct.pack("<IQQ", 3, len(self.tensors), len(self.kv))
        for k, v, kind in self.kv:
            t, body = self._v(v, kind)
            head += self._s(k) + struct.pack("<I", t) + body
        data, at = [], 0
        for name, w, kind in self.tensors:
            raw = ENCODE[kind](w)
            head += self._s(name) + struct.pack("<I", w.ndim) + struct.pack(f"<{w.ndim}Q", *w.shape[::-1]) + struct.pack("<IQ", kind, at)
            raw += b"\0" * (-len(raw) % align)
            data.append(raw)
            at += len(raw)
        with open(path, "wb") as f:
            f.write(head + b"\0" * (-len(head) % align) + b"".join(data))


def read(path):
    """{tensor name: float32 array} of a GGUF file with F32, F16, BF16 and Q8_0 tensors (metadata are skipped)."""
    with open(path, "rb") as f:
        raw, at = f.read(), 24
    count, keys = struct.unpack_from("<QQ", raw, 8)
    width = {0: 1, 1: 1, 2: 2, 3: 2, U32: 4, I32: 4, F32T: 4, BOOL: 1, U64: 8, 11: 8, 12: 8}

    def text():
        nonlocal at
        n, = struct.unpack_from("<Q", raw, at)
        at += 8 + n
        return raw[at - n:at].decode()

    def skip(kind):
        nonlocal at
        if kind == STR:
            text()
        elif kind == ARR:
            element, n = struct.unpack_from("<IQ", raw, at)
            at += 12
            for _ in range(n):
                skip(element)
        else:
            at += width[kind]

    for _ in range(keys):
        text()
        kind, = struct.unpack_from("<I", raw, at)
        at += 4
        skip(kind)
    infos = []
    for _ in range(count):
        name = text()
        n, = struct.unpack_from("<I", raw, at)
        shape = struct.unpack_from(f"<{n}Q", raw, at + 4)[::-1]
        kind, offset = struct.unpack_from("<IQ", raw, at + 4 + 8 * n)
        at += 16 + 8 * n
        infos.append((name, shape, kind, offset))
    base = -(-at // 32) * 32
    return {name: _decode(raw, base + offset, int(np.prod(shape)), kind).reshape(shape) for name, shape, kind, offset in infos}


def _decode(raw, at, n, kind):
    if kind == F32:
        return np.frombuffer(raw, "<f4", n, at).copy()
    if kind == F16:
        return np.frombuffer(raw, "<f2", n, at).astype(np.float32)
    if kind == BF16:
        return (np.frombuffer(raw, "<u2", n, at).astype("<u4") << 16).view("<f4")
    if kind == Q8_0:
        b = np.frombuffer(raw, np.uint8, n // 32 * 34, at).reshape(-1, 34)
        return (b[:, 2:].view(np.int8) * b[:, :2].copy().view("<f2").astype(np.float32)).reshape(-1)
    raise ValueError(f"expected a tensor in F32, F16, BF16 or Q8_0, found type {kind}; export the file with --type q8_0")
