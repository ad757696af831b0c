// What is compared: up to five designs, and the baselines. Points of a sweep come and go here.
const mostContenders = 5;
const contenderColors = ["array", "weights", "accumulators", "output", "control"];
const contenderShapes = ["circle", "diamond", "square", "triangle-up", "cross"];
const listeners = [];

/** Slots of contenders, so that a design keeps its colour while others leave. */
const slots = Array(mostContenders).fill(null);

const contenders = () => slots.filter(contender => contender !== null);
const onContenders = listener => { listeners.push(listener); };
const contenderChanged = () => listeners.forEach(listener => listener());

/** Adds a contender; `false` when there are five. */
function addContender(contender) {
  const slot = slots.indexOf(null);
  if (slot < 0) return false;
  slots[slot] = {
    ...contender, letter: "ABCDE"[slot], color: contenderColors[slot], shape: contenderShapes[slot],
  };
  return true;
}

for (const design of page.designs) {
  addContender({
    name: design.name, design, point: design.point,
    metric: key => metricEstimate(key, design.metrics[key]),
    parameters: design.architecture.parameters,
  });
}

// MARK: Points of the sweep

const space = page.sweep;

/** The value of a metric at a point, as an estimate with its unit; `null` where it is not known. */
function pointMetric(key, index) {
  const column = space.values[key];
  const typical = column?.typical[index];
  if (typical === null || typical === undefined) return null;
  const { provenance, source } = column;
  return metricEstimate(key, {
    low: column.low?.[index] ?? typical, typical, high: column.high?.[index] ?? typical,
    provenance, source,
  });
}

const shortHash = index => space.hashes[index].slice(0, 8);

function pointParameters(index) {
  return Object.fromEntries(space.parameters.map(({ name, values }) => [name, values[index]]));
}

const contenderAt = index => contenders().find(({ point }) => point === index);

/** Takes a point into the comparison or out of it; `false` when there is no place. */
function togglePoint(index) {
  const present = contenderAt(index);
  if (present) {
    slots[slots.indexOf(present)] = null;
  } else {
    const design = page.designs.find(({ point }) => point === index) ?? null;
    const added = addContender({
      name: design?.name ?? shortHash(index), design, point: index,
      metric: key => pointMetric(key, index),
      parameters: design?.architecture.parameters ?? pointParameters(index),
    });
    if (!added) return false;
  }
  contenderChanged();
  return true;
}
