// ThumbHash decoder after Evan Wallace's description and reference code (MIT, github.com/evanw/thumbhash).

/** @param {string} text base64 @returns {{width: number, height: number, rgba: Uint8ClampedArray} | null} */
export function decodeThumbhash(text) {
  const hash = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  if (hash.length < 6) return null;
  const { PI, min, max, cos, round } = Math;
  const head = hash[0] | (hash[1] << 8) | (hash[2] << 16);
  const tail = hash[3] | (hash[4] << 8);
  const lightness = (head & 63) / 63;
  const first = ((head >> 6) & 63) / 31.5 - 1;
  const second = ((head >> 12) & 63) / 31.5 - 1;
  const lightScale = ((head >> 18) & 31) / 31;
  const hasAlpha = head >> 23;
  const firstScale = ((tail >> 3) & 63) / 63;
  const secondScale = ((tail >> 9) & 63) / 63;
  const landscape = tail >> 15;
  const across = max(3, landscape ? (hasAlpha ? 5 : 7) : tail & 7);
  const down = max(3, landscape ? tail & 7 : hasAlpha ? 5 : 7);
  const alpha = hasAlpha ? (hash[5] & 15) / 15 : 1;
  const alphaScale = (hash[5] >> 4) / 15;

  const start = hasAlpha ? 6 : 5;
  let index = 0;
  /** @param {number} nx @param {number} ny @param {number} scale */
  const channel = (nx, ny, scale) => {
    const factors = [];
    for (let cy = 0; cy < ny; cy++)
      for (let cx = cy ? 0 : 1; cx * ny < nx * (ny - cy); cx++)
        factors.push((((hash[start + (index >> 1)] >> ((index++ & 1) << 2)) & 15) / 7.5 - 1) * scale);
    return factors;
  };
  const lights = channel(across, down, lightScale);
  const firsts = channel(3, 3, firstScale * 1.25);
  const seconds = channel(3, 3, secondScale * 1.25);
  const alphas = hasAlpha ? channel(5, 5, alphaScale) : [];

  const ratio = (landscape ? (hasAlpha ? 5 : 7) : tail & 7) / (landscape ? tail & 7 : hasAlpha ? 5 : 7);
  const width = round(ratio > 1 ? 32 : 32 * ratio);
  const height = round(ratio > 1 ? 32 / ratio : 32);
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 4) {
      const fx = [];
      const fy = [];
      for (let cx = 0; cx < max(across, hasAlpha ? 5 : 3); cx++) fx[cx] = cos((PI / width) * (x + 0.5) * cx);
      for (let cy = 0; cy < max(down, hasAlpha ? 5 : 3); cy++) fy[cy] = cos((PI / height) * (y + 0.5) * cy);
      let l = lightness;
      let p = first;
      let q = second;
      let a = alpha;
      for (let cy = 0, j = 0; cy < down; cy++)
        for (let cx = cy ? 0 : 1, f = fy[cy] * 2; cx * down < across * (down - cy); cx++, j++) l += lights[j] * fx[cx] * f;
      for (let cy = 0, j = 0; cy < 3; cy++)
        for (let cx = cy ? 0 : 1, f = fy[cy] * 2; cx < 3 - cy; cx++, j++) {
          p += firsts[j] * fx[cx] * f;
          q += seconds[j] * fx[cx] * f;
        }
      if (hasAlpha)
        for (let cy = 0, j = 0; cy < 5; cy++)
          for (let cx = cy ? 0 : 1, f = fy[cy] * 2; cx < 5 - cy; cx++, j++) a += alphas[j] * fx[cx] * f;
      const b = l - (2 / 3) * p;
      const r = (3 * l - b + q) / 2;
      const g = r - q;
      rgba[i] = max(0, 255 * min(1, r));
      rgba[i + 1] = max(0, 255 * min(1, g));
      rgba[i + 2] = max(0, 255 * min(1, b));
      rgba[i + 3] = max(0, 255 * min(1, a));
    }
  }
  return { width, height, rgba };
}
