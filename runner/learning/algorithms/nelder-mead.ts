type Place = readonly number[];

interface Corner {
  readonly place: Place;
  readonly height: number;
}

/** The lowest place that Nelder and Mead's simplex finds from a start, after at most `steps` moves; no chance in it. */
export function nelderMead(height: (place: Place) => number, start: Place, steps = 400): Place {
  const at = (place: Place): Corner => ({ place, height: height(place) });
  const moved = start.map((_, axis) => start.map((value, other) => (other === axis ? value + 0.5 : value)));
  let corners = sortCorners([start, ...moved].map(at));
  for (let step = 0; step < steps; step++) {
    const [best, worst] = [corners[0], corners.at(-1)];
    if (best === undefined || worst === undefined || worst.height - best.height <= 1e-10 * Math.abs(best.height)) break;
    const next = moveWorst(corners, at);
    corners = sortCorners(next === null ? shrink(corners, best, at) : [...corners.slice(0, -1), next]);
  }
  return corners[0]?.place ?? start;
}

/** Where the worst corner goes: reflected, farther, or inwards; null when none of these helps. */
function moveWorst(corners: readonly Corner[], at: (place: Place) => Corner): Corner | null {
  const worst = corners.at(-1) ?? at([]);
  const others = corners.slice(0, -1);
  const second = others.at(-1) ?? worst;
  const best = corners[0] ?? worst;
  const centre = worst.place.map(
    (_, axis) => others.reduce((sum, { place }) => sum + (place[axis] ?? 0), 0) / others.length,
  );
  const along = (factor: number): Corner =>
    at(centre.map((value, axis) => value + factor * (value - (worst.place[axis] ?? 0))));
  const reflected = along(1);
  if (reflected.height < best.height) {
    const farther = along(2);
    return farther.height < reflected.height ? farther : reflected;
  }
  if (reflected.height < second.height) return reflected;
  const inwards = along(reflected.height < worst.height ? 0.5 : -0.5);
  return inwards.height < Math.min(worst.height, reflected.height) ? inwards : null;
}

function shrink(corners: readonly Corner[], best: Corner, at: (place: Place) => Corner): readonly Corner[] {
  return corners.map((corner) =>
    corner === best ? corner : at(corner.place.map((value, axis) => ((best.place[axis] ?? 0) + value) / 2)),
  );
}

function sortCorners(corners: readonly Corner[]): readonly Corner[] {
  return corners.toSorted((left, right) => left.height - right.height);
}
