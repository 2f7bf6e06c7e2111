// Arrays as core/plot/packed.py sends them: {shape, type, data} to {shape, data: a typed array}.

function unpack({ shape, type, data }) {
  const kind = { u1: Uint8Array, i4: Int32Array, f4: Float32Array, f8: Float64Array }[type];
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  return { shape, data: new kind(bytes.buffer) };
}
