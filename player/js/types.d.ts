// The blocks that Python sends, each declared once, and what the player's modules hand each other. Only the type checker reads this file.

export type Point = [x: number, y: number];
export type Range = [low: number, high: number];
/** A part of the landscape: the ranges of x and y. */
export type Region = [x: Range, y: Range];
/** A rectangle in CSS pixels. */
export type Box = { left: number; top: number; width: number; height: number };
/** The same by its edges. */
export type Edges = { left: number; right: number; top: number; bottom: number };
export type Size = { width: number; height: number };

// ---- Plotly

/** Numbers of a trace; base64 of a typed array where there are many. */
export type Numbers = number[] | number[][] | { dtype: "f4" | "f8" | "u1" | "u2" | "u4" | "i1" | "i2" | "i4"; bdata: string };
export type Trace = Record<string, any>;
export type Layout = Record<string, any>;
export type Figure = { data: Trace[]; layout: Layout };
/** The element that Plotly draws in. */
export type Plot = HTMLElement & { on(event: string, listener: () => void): void };
export type Camera = { eye: Vector; center: Vector; up: Vector };
export type Vector = { x: number; y: number; z: number };

/** What the player asks of Plotly; `canvasPlots` of canvasplot.js does it, too. */
export interface PlotLibrary {
  react(plot: Element, data: Trace[], layout: Layout, config: object): Promise<unknown>;
  relayout(plot: Element, changes: Layout): Promise<unknown>;
  purge(plot: Element): void;
}

export interface PlotlyLibrary extends PlotLibrary {
  downloadImage(figure: Figure, options: { format: "png" | "svg"; width: number; height: number; scale: number; filename: string }): Promise<unknown>;
  Fx: { hover(plot: Element, at: { xpx: number; ypx: number }, subplot: string): void; unhover(plot: Element): void };
}

// ---- the landscape, from `landscape_bytes` of player/payload.py

export interface LandscapeBlock {
  /** Tells which race is on this landscape. */
  key: string;
  map: Figure;
  surface: Figure;
  /** What computes the loss at a point: a formula, or a network on a plane. */
  program: Program | null;
  plane: PlaneBlock | null;
  window: Region;
  name: string;
}

export interface Landscape extends LandscapeBlock {
  heights: HeightGrid;
  evaluate: ((x: number, y: number) => Evaluation) & { slopes?: import("./slopes.js").Slopes };
  /** Whether that gives slopes and curvatures. */
  slopesKnown: boolean;
}

/** A network's loss on a plane through its weights: origin + a * first + b * second direction. */
export interface PlaneBlock {
  network: NetworkBlock;
  origin: Numbers;
  directions: Numbers;
  /** Losses on a square grid over the window, y by x, for where examples are too many to compute with. */
  ground: Numbers;
  /** The examples: inputs, a row for each input, none where a plane cannot show them, and labels or targets. */
  x: Numbers;
  y: Numbers;
}

/** What the loss on a plane is computed of. */
export interface Planar {
  network: NetworkBlock;
  relief: Pick<Relief, "origin" | "directions" | "ground" | "window"> | null;
  data: { classes: string[]; train: Examples };
}

/** A formula with its derivatives, compiled by Python: each step writes the result of an operation on cells into a cell. */
export interface Program {
  cells: number;
  constants: [cell: number, value: number][];
  inputs: { x: number; y: number };
  steps: [operation: string, operands: number[], cell: number][];
  outputs: Record<keyof Evaluation, number>;
}

/** The same for a function of one number. */
export interface OneProgram extends Omit<Program, "inputs" | "outputs"> {
  inputs: { x: number };
  outputs: Record<string, number>;
}

export type Evaluation = { value: number; dx: number; dy: number; dxx: number; dxy: number; dyy: number };

/** Heights of the surface on an n x n grid over the window, y in rows, x in columns. */
export type HeightGrid = { n: number; values: ArrayLike<number> };

// ---- what the browser computes runs by, from simulation/live.py and tape/portable.py

/** ["number", value], ["input", owner, name], a place that is filled (["state", 0]), or an operation and its operands; see formulas/libm/data.py. */
export type OperationNode = readonly (string | number | SequenceData)[];

/** A function: cells count its arguments and then its nodes. */
export type SequenceData = { arguments: number; nodes: OperationNode[]; results: number[]; tables: number[][] };

export interface TapeData {
  title: string;
  entries: OperationNode[];
  state: string[];
  new: number[];
  loss: number;
  watched: number[];
  loops: LoopData[];
  remembered: [x: number, y: number][];
  /** What follows from parameters, and which of it the tape is given. */
  early: OperationNode[];
  constants: number[];
  columns: number[];
  lanes: number[];
  first: number[];
  carried: [name: string, first: number, next: number][];
  fixed: Record<"landscape" | "optimizer", Record<string, number>>;
  varying: Record<"landscape" | "optimizer", string[]>;
}

/** Trials of a search: how many at most, and the entries of what changes from one to the next, of what it becomes, and of who needs another. */
export type LoopData = { most: number; trials: number[]; new: number[]; going: number };
export type ScheduleData = { early: OperationNode[]; factor: number };
export type NoiseData = { rounds: number; multipliers: number[]; keySteps: number[]; normals: SequenceData };
export type EngineFunctions = { elementary: Record<string, SequenceData>; noise: NoiseData; plane?: PlaneProgram };

/** What the loss of a network on a plane is computed by, from networks/planes/portable.py: where no formula gives what tapes ask for. */
export interface PlaneProgram {
  sizes: number[];
  loss: "logistic" | "softmax" | "squared";
  /** Whether there is batch normalization, and what it adds to a variance. */
  normalized: boolean;
  eps: number;
  /** What a hidden unit makes of its sum, and the slope but for the factor `behind`. */
  activate: SequenceData;
  behind: number;
  /** Of the origin, and along both directions: layer after layer the matrix, row by row with the bias behind it, and then scales and shifts. */
  weights: Numbers;
  /** The examples: a row for each input, and for each output. */
  x: Numbers;
  targets: Numbers;
  /** How far apart slopes are taken for curvatures, along each axis. */
  aside: [number, number];
  /** Whether slopes have kinks: then their differences magnify what rounding is not the same as Python's. */
  kinked: boolean;
  /** How many slopes can be computed in a frame, at most. */
  most: number;
}
/** In the user's units; one for each trajectory where the tape says so. */
export type ParameterValues = Record<"landscape" | "optimizer" | "schedule", Record<string, number | number[]>>;
/** The second tape is for parameters that the first holds as 0 or 1. */
export type LivePair = { tape: TapeData; open: TapeData | null; schedule: ScheduleData | null; parameters: ParameterValues; apart?: StepProgram };

export interface EngineRun {
  parameters: ParameterValues;
  /** x and y of each trajectory. */
  starts: [x: ArrayLike<number>, y: ArrayLike<number>];
  steps: number;
  /** The steps whose points are written down, rising; all if not given. */
  keep?: number[] | null;
  noise?: number | number[];
  seed?: bigint | number;
  /** What chooses each trajectory's noise. */
  numbers?: number[] | null;
  goal?: number | number[];
}

export interface EngineResult {
  /** (kept, count), NaN from where a trajectory has left float range. */
  x: Float32Array | Float64Array;
  y: Float32Array | Float64Array;
  loss: Float32Array | Float64Array;
  /** Of these three in the workspace. */
  addresses: number[];
  kept: number[];
  count: number;
  /** At which step each has, -1 where it has not. */
  divergedAt: Int32Array;
  /** At which step each first has a loss of at most the goal, -1 where it never has; null without a goal. */
  reached: Int32Array | null;
  /** Trajectories that have met a place where the formula has no finite value: what Python fills in there the browser cannot. */
  unsure: number[];
  /** 1 where something that is remembered of x has overflowed, so that it may no longer move, 2 where of y, 3 where of both. */
  overflowed: Uint8Array;
}

// ---- the race, from `run_bytes` of player/payload.py

export interface RaceBlock {
  landscapeKey: string;
  /** The same as that of the steps that belong to the race. */
  token: string;
  /** What it is, as a link's query: requests say that they mean what stands at a place of it. */
  of: string;
  /** A race with another one than before is played from its start. */
  chapter: string;
  /** What the race is called, and what there is to see in it, for presenting; "" where nothing is said. */
  title: string;
  claim: string;
  panels: string[];
  board: boolean;
  /** Whether curves are drawn beyond the step that is shown. */
  ahead: boolean;
  /** What is to be predicted of it; null for nothing. */
  prediction: Prediction | null;
  steps: number;
  /** Of the trajectories of each run. */
  count: number;
  window: Region;
  /** Whether x and y are packed; heights always are. */
  packed: boolean;
  /** Whether x and y need double precision. */
  precise: boolean;
  /** Of x, y and height: a packed number stands for low + step * number. */
  packing: [low: number, step: number][];
  theme: Theme;
  look: Look;
  /** What is said of a trajectory before the step from which on its verdict holds. */
  underway: string;
  bar: Bar;
  runs: RunBlock[];
  curves: Record<string, Figure>;
  /** What can be turned in the picture; nothing where there is no table. */
  numbers: NumberBlock[];
  /** A level line whose axes' ends can be dragged, if there is one. */
  ellipse: EllipseBlock | null;
  /** The starts that the user chose; null if they were drawn at random or on a ring. */
  starts: Point[] | null;
  /** What its runs were computed of; null where the browser can compute none of them. */
  live: LiveRace | null;
}

// ---- what a race is computed by while something of it is dragged, from player/live_payload.py

export interface LiveRace {
  /** Of its `LiveBlock`. */
  key: string;
  /** With which Python is asked for the learning rates that were tried: marks by address. */
  tried?: string;
  parameters: ParameterValues[];
  noise: number;
  /** A whole number that may have more digits than a number of JavaScript. */
  seed: string;
  /** The x and then the y of the starts from which runs are computed: of all, or of every second or third one. */
  starts: Numbers;
}

export interface LiveBlock {
  key: string;
  functions: EngineFunctions;
  /** Of each run; null where Python alone can compute it. */
  pairs: (LivePair | null)[];
  /** For the values of the landscape's parameters that the surface has. */
  told: LiveTold;
  /** null where no formula gives the loss. */
  surface: (SurfaceData & { parameters: Record<string, number> }) | null;
}

/** The loss of a landscape with its slopes and curvatures, for any values of its parameters; from `surface_nodes` of tape/portable.py. */
export interface SurfaceData {
  nodes: OperationNode[];
  outputs: Record<keyof Evaluation, number>;
}

/** What runs on a landscape are measured by. */
export interface LiveTold {
  heights: LossScale;
  /** The lowest known loss, if one is known. */
  lowest: number | null;
  /** Below which loss a trajectory is lower than all of the window; null where nothing is. */
  ground: number | null;
  /** The usual height above it, and the median of all losses without their signs. */
  usual: number;
  height: number;
  /** Whether all losses on the map are above zero. */
  positive: boolean;
  /** Where trajectories come to rest: coordinates, losses, radii in shares of the window, whether they are points of a curve, and how who rests there has ended. */
  attractors: { x: number[]; y: number[]; value: number[]; radius: number[]; curve: boolean[]; ending: number[] };
  /** Whether the formula has no value somewhere near. */
  lacksValues: boolean;
  /** Endings in words, and which of them are told with their step. */
  words: string[];
  dated: number[];
  underway: string;
}

/** Over the trajectories at every step. */
export type Quartiles = { low: Float64Array; plain: Float64Array; high: Float64Array };

/** From `ellipse_of` of player/numbers_payload.py: the addresses of the ratio of its curvatures and of its direction, in degrees. */
export type EllipseBlock = { condition: string; angle: string; centre: Point };

/** A number that can be turned, from `numbers_of` of player/numbers_payload.py, with its declaration (`Param`). */
export interface NumberBlock {
  /** Where it stands, "optimizers.0.lr"; see scenario/address.py. */
  address: string;
  /** The run whose it is; null for the landscape's, and the number of steps. */
  run: number | null;
  /** What it belongs to: an optimizer, the landscape, or "" for nothing. */
  owner: string;
  /** What it is called, and what stands before it where there is little room. */
  title: string;
  sign: string;
  value: number;
  /** What is valid, and what a hand is offered of it. */
  low: number;
  high: number;
  ends: Range;
  spacing: "log" | "one_minus" | "linear";
  whole: boolean;
  unit: string;
  /** What is valid, in words. */
  range: string;
  help: string;
  /** What theory knows of it: from where on a method diverges, and where it is fastest. */
  marks: { value: number; words: string; kind: "limit" | "best" | "tried" }[];
}

/** `Prediction` of player/payload.py. */
export type Prediction = { open: boolean; mark: Point | null; hint: string; lead?: string };

export type Theme = Record<"name" | "background" | "text" | "line" | "accent" | "mark" | "halo", string>;

/** `Look` of figures/theme.py, by which trajectories are drawn. */
export interface Look {
  lines: boolean;
  /** Whether only the end of a trail is shown, unless the user chooses. */
  comet: boolean;
  trail: { width: number; opacity: number };
  tail: { steps: number; opacity: number };
  head: number;
  halo: number;
  start: Ring;
  exit: Ring;
  lift: number;
  dashes: Record<string, number[]>;
  /** Corners of the outline of each marker; none of a circle. */
  markers: Point[][];
}

export type Ring = { radius: number; width: number; opacity: number };

/** The scale of the scoreboard's bars: above the lowest, where it is logarithmic, and from the end of an empty bar to that of a full one. */
export interface Bar {
  kind: "log" | "linear" | "symmetric";
  lowest: number;
  unit: number;
  ends: Range;
}

export interface RunBlock {
  name: string;
  label: string;
  rate: string;
  colour: string;
  dash: string;
  marker: number;
  /** How its trajectories end, in words, the most frequent first. */
  verdicts: string[];
}

export interface Race extends RaceBlock {
  runs: Run[];
  /** Of a race that the browser computes: how often it has, and what it has found. */
  version?: number;
  histories?: import("./livemeasures.js").LiveHistory[];
}

/** Positions are (steps + 1) x count, a row for each step; NaN where there is none. */
export interface Run extends RunBlock {
  x: Float32Array | Float64Array;
  y: Float32Array | Float64Array;
  z: Float32Array | Float64Array;
  /** The median loss at every step. */
  median: Float64Array;
  /** For each of its verdicts the share of trajectories of which it holds, at every step. */
  shares: Float32Array[];
  /** The step from which each trajectory is outside the window to the end; steps + 1 if it never is. */
  exit: Int32Array;
  /** Where it crosses the window's edge then. */
  exitX: Float32Array;
  exitY: Float32Array;
  /** Where its heads are, if not at the ends of its trails but over or under them. */
  head?: Pick<Run, "x" | "y" | "z">;
}

// ---- networks that were trained, from `training_bytes` of player/network_payload.py

export interface TrainingBlock extends Omit<RaceBlock, "landscapeKey" | "count" | "packed" | "precise" | "packing" | "starts" | "live" | "numbers" | "ellipse" | "runs"> {
  network: NetworkBlock;
  data: DataBlock;
  /** Null where no panel shows them. */
  signals: SignalsBlock | null;
  /** Null where no panel shows it. */
  relief: ReliefBlock | null;
  /** Why there is none where a panel is to show it. */
  noRelief: string;
  /** Whether points of it can be chosen to start from. */
  picks: boolean;
  runs: TrainedBlock[];
  /** What follows the header: the name of each array, its type and how many numbers it has. */
  arrays: [name: string, type: "f4" | "i4" | "u1", size: number][];
}

/** From `Network.as_data` of networks/network.py. */
export interface NetworkBlock {
  /** The inputs, the units of each hidden layer, and the outputs. */
  sizes: number[];
  activation: OneProgram & { name: string };
  loss: "logistic" | "softmax" | "squared";
  batch_norm: boolean;
  /** What normalization adds to a variance. */
  eps: number;
}

export interface DataBlock {
  title: string;
  task: "classification" | "regression";
  inputs: number;
  /** The ranges of the two inputs; of the one input and the target where there is one; of nothing where there are more. */
  window: Region;
  /** What the classes are called; none in a regression. */
  classes: string[];
  /** Of the classes; of low and high outputs in a regression. */
  colours: string[];
}

export interface TrainedBlock extends RunBlock {
  /** The step from which on its verdict holds. */
  since: number;
}

/** Examples: a row for each input, and labels or targets. */
export type Examples = { x: Float32Array[]; y: Float32Array };

/** From `SignalPayload` of player/signal_payload.py. */
export interface SignalsBlock {
  /** Of a histogram. */
  bins: number;
  /** How many examples were looked at. */
  examples: number;
  /** The kept steps at which, by their index; what is told holds until the next. */
  told: number[];
  /** What units are whose activation has hardly any slope; "" where that says nothing. */
  idle: string;
  forward: ScaleBlock;
  backward: ScaleBlock;
}

/** `Scale` of networks/signals.py; the ends of "log" are logarithms. */
export type ScaleBlock = { kind: "linear" | "symmetric" | "log"; ends: Range; unit: number };

/** The loss on a plane through the space of weights, from `relief_header` of player/relief_payload.py. */
export interface ReliefBlock {
  /** Changes with what is drawn. */
  key: string;
  map: Figure;
  surface: Figure;
  window: Region;
  name: string;
  scale: LossScale;
  /** The share of the paths' variance that lies in the plane, and of a random walk of as many steps; null where it was made of no paths. */
  explained: number | null;
  randomWalk: number | null;
  /** The run through whose weights at the shown step the plane is moved; null for a plane that stands still. */
  moving: number | null;
  /** The points from which the user lets networks start. */
  points: Point[];
}

/** From losses to colours and heights, as `LossGrid` of figures/loss_grid.py. */
export type LossScale = { levels: number[]; logarithmic: boolean; low: number; unit: number; span: number };

/** The same plane on a finer grid. */
export interface RefinedBlock {
  /** Of the training that it belongs to. */
  token: string;
  key: string;
  map: Figure;
  surface: Figure;
}

export interface Relief extends ReliefBlock {
  /** Weights at coordinates (a, b): origin + a * first + b * second direction. */
  origin: Float32Array;
  directions: Float32Array;
  /** The losses on a grid over the window, y in rows, x in columns. */
  ground: Float32Array;
}

/** Networks in training as the player sees them: a race over a plane through the space of weights, or over no landscape. */
export interface Training extends Race {
  network: NetworkBlock;
  signals: SignalsBlock | null;
  relief: Relief | null;
  noRelief: string;
  picks: boolean;
  /** The shown ones are some of those for testing, where the inputs are more than two, and of the others only labels are known. */
  data: DataBlock & { train: Examples; test: Examples; shown: Examples | null };
  /** The steps whose weights are known, the first 0, the last the end. */
  kept: Int32Array;
  runs: Trained[];
}

/** Each array has a row for each kept step. */
export interface Trained extends Run {
  weights: Float32Array;
  losses: Float32Array;
  testLosses: Float32Array;
  accuracies: Float32Array;
  testAccuracies: Float32Array;
  /** Where hidden layers are normalized, for each the means and then the variances of its units' sums over the training set. */
  statistics?: Float32Array;
  /** Heights of the true losses at every step, x, y and z being those of the plane; and both losses at the kept steps. Missing where no plane is shown. */
  top?: Float32Array;
  trueLosses?: Float32Array;
  planeLosses?: Float32Array;
  /** The covariance of a batch's slopes along the plane's directions, aa, ab and bb at each kept step. Missing where a batch is all examples. */
  noise?: Float32Array;
  /** Histograms, (told, layers, bins), in 256 levels of the highest bin, and the share that is in that. */
  forward: Uint8Array;
  forwardPeak: Float32Array;
  backward: Uint8Array;
  backwardPeak: Float32Array;
  /** (told, layers): the standard deviation of activations; the root mean square and the median of what is propagated back; shares of what does not learn. */
  spread: Float32Array;
  rms: Float32Array;
  medianBack: Float32Array;
  saturated: Float32Array;
  dead: Float32Array;
  /** Of the theory of wide networks before they learn, (layers, bins) and (layers); missing where there is none. */
  forwardTheory?: Float32Array;
  backwardTheory?: Float32Array;
  spreadTheory?: Float32Array;
  rmsTheory?: Float32Array;
}

/** A kept step, and what share of the way to the next one has been gone. */
export type Moment = { index: number; share: number };

// ---- a step taken apart, from `step_bytes` of player/step.py

export interface StepBlock {
  token: string;
  run: number;
  trajectory: number;
  /** Of the steps that were taken apart. */
  count: number;
  /** The step at which the trajectory diverged; -1 if it never did. */
  diverged: number;
  lines: { name: string; caption: string; math: string }[];
  /** What the hyper-parameters in them are. */
  where: { name: string; math: string; title: string; about: string }[];
  parts: StepPart[];
  /** The keys of the parts that symbols are made of, by the symbol's key. */
  made: Record<string, string[]>;
  /** Of the hyper-parameters. */
  values: Record<string, number>;
  boxes: StepBox[];
  curves: Figure;
  planes: [name: string, rows: number][];
}

/** By which the browser takes steps apart itself, from `step_program` of player/step_program.py. */
export interface StepProgram extends Pick<StepBlock, "lines" | "where" | "boxes" | "curves" | "planes"> {
  /** Its state is the point, the next point of the path, and what the optimizer keeps. */
  tape: TapeData;
  /** The entries of all numbers of all planes, in their order. */
  outputs: number[];
  /** All that there may be: those that are zero in all steps are none. */
  parts: StepPart[];
  /** With each part the plane of the factor with which a symbol is made of it; "" where that is a number other than 0. */
  made: Record<string, [part: string, share: string][]>;
  /** Where the numbers of each curve stand: a plane, and which of its rows. */
  curveSources: [plane: string, row: number][];
  /** How many steps are taken apart at most. */
  most: number;
}

/** A part of the move; the names are those of planes. */
export interface StepPart {
  key: string;
  role: string;
  /** The equation that brings it in. */
  line: number;
  label: string;
  colour?: string;
  /** Where its gradient is taken, if not at the point; how that is written, and the equation that it comes from. */
  at?: string;
  atLabel?: string;
  atLine?: number;
  /** The matrix that turned the gradient, and their product. */
  matrix?: string;
  product?: string;
  /** Of the plain gradient step: the part that it is shown beside, and the plane that tells where the two lead elsewhere. */
  own?: string;
  apart?: string;
}

/** What an optimizer keeps for each axis, drawn as boxes. */
export interface StepBox {
  name: string;
  /** The name as it is written. */
  title: string;
  line: number;
  plane: string;
  corrected?: string;
  correctedName?: string;
  correctedLine?: number;
}

export interface Step extends Omit<StepBlock, "planes"> {
  planes: Map<string, Plane>;
  /** Tells apart what is said of steps; the same for all numbers. */
  shape: string;
}

/** One number, a vector or a symmetric matrix for each step: a row for each component. */
export type Plane = { rows: number; values: Float64Array };

// ---- other data of the page

/** From player/chart.py. */
export interface ChartContent {
  theme: Record<"name" | "background" | "text" | "accent", string>;
  /** Whether something can be chosen, and whether that may be a box. */
  picks: boolean;
  box: boolean;
  height: number;
  figure: Figure;
}

// ---- a static site, from exports/site

/** The name of a file of the folder `data`; one for each theme where the dark one is more than other colours. */
export type SiteBlock = string | Record<string, string>;
/** What a page's player shows: a race on a landscape, what it is computed anew by, with steps taken apart and pictures under its maps; or a training. */
export type SiteStop = { name?: string; frame?: SiteBlock; ground?: SiteBlock; race?: SiteBlock; live?: string; landscape?: SiteBlock; steps?: SiteBlock[]; pictures?: SiteBlock; training?: SiteBlock };
/** A question: what is shown while it is open, what shows the answer, which choice is right, and where on the map each choice's places are. */
export interface SiteQuestion {
  stop: number;
  opening: SiteStop;
  right: number;
  places: Point[][] | null;
}
/** What a page of a static site is told beside its words. */
export interface SitePage {
  /** The way from the page to the site's folder, "" or "../". */
  folder: string;
  stops: SiteStop[];
  lesson: { name: string; questions: SiteQuestion[] } | null;
  free: FreeTold | null;
}
/** What a page is told that was saved as one file; names of blocks are those of its own. */
export interface SavedPage {
  stop: SiteStop;
  free: FreeTold | null;
}

// ---- races that are put together in a page without a server, from player/grounds.py

/** What can be chosen, and what is chosen at first. */
export interface FreeTold {
  landscape: string;
  optimizers: string[];
  schedule: string;
  /** The panels that are shown at first, and those that a link leaves out. */
  panels: string[];
  usual: string[];
  /** By the landscapes' names. */
  stops: Record<string, SiteStop>;
  /** How an address is read; null where none is. */
  link: FreeLink | null;
  /** What is said while a landscape is chosen that has no stop. */
  fixed: string;
}
/** What an address may say of a free race, and what it means where it is silent. */
export interface FreeLink {
  version: string;
  landscape: string;
  optimizers: string[];
  schedule: string;
  /** By whose they are, "optimizer adam" say, "" for those that stand for themselves. */
  numbers: Record<string, Record<string, FreeNumber>>;
  /** What they are called, "SGD" for "optimizer sgd". */
  titles: Record<string, string>;
  /** All that an address of the app may say of a race, with what that is called. */
  fields: Record<string, string>;
  /** Settings and landscapes that only the app can do, with what they are called. */
  elsewhere: Record<string, string>;
}
/** A number that is declared, with the defaults that it had up to and including some versions, the oldest first. */
export interface FreeNumber {
  title: string;
  value: number;
  low: number;
  high: number;
  whole: boolean;
  /** In words. */
  range: string;
  formerly: [version: string, value: number][];
}

/** What all grounds have in common. */
export interface FrameBlock {
  /** Of all entrants together, without what belongs to a ground. */
  race: RaceBlock;
  functions: EngineFunctions;
  /** The stops of a learning rate's slider, null where there is no such rate; all numbers; and those that a link tells. */
  entrants: { id: string; rates: number[] | null; parameters: Record<string, number | number[]>; told: Record<string, number>; method: MethodBlock }[];
  schedules: Record<string, { nodes: ScheduleData; parameters: Record<string, number | number[]>; told: Record<string, number>; numbers: NumberBlock[] }>;
  noise: number;
  seed: string;
  /** What else a link says. */
  rest: string;
}

/** What a method does on any landscape: its entries "value", "dx", "dy", "dxx", "dxy" and "dyy" are what a landscape has at the point of their operands. */
export interface MethodBlock {
  tape: TapeData;
  /** For other values of what is 0 or 1; null where nothing is. */
  open: TapeData | null;
  /** null where no steps are taken apart. */
  apart: StepProgram | null;
}

/** The same as a surface, and the parameters that it holds for one value only. */
export type FormulaData = SurfaceData & { fixed: Record<string, number> };

/** A landscape. */
export interface GroundBlock {
  key: string;
  /** Its figures without what the browser computes. */
  landscape: Pick<LandscapeBlock, "map" | "surface" | "window" | "name">;
  told: LiveTold;
  /** What computes its losses where no formula does: its figures are then in a block of its own. */
  plane: PlaneProgram | null;
  /** The entrants that need Python there. */
  without: string[];
  /** What is written into a method's tapes, the first one for parameters that are 0 or 1 as they are. */
  formulas: { tape: FormulaData; open: FormulaData | null } | null;
  parameters: Record<string, number>;
  numbers: NumberBlock[];
  ellipse: EllipseBlock | null;
  precise: boolean;
  packing: RaceBlock["packing"];
  /** The x and then the y of so many starts; and whether they were chosen. */
  starts: Numbers;
  count: number;
  chosen: boolean;
  /** What a link says of its own numbers, of the starts, and what else of it. */
  settings: Record<string, number>;
  begins: string;
  rest: string;
}
/** The same of a page of the lab, and what it exchanges for dark colours. */
export interface SavedLabPage {
  stops: SiteStop[];
  colours: [light: string, dark: string][];
}
/** What all pages are told: the colours, and the right answers of every lesson, by its name. */
export type SiteTold = { colours: [light: string, dark: string][]; course: Record<string, string> };

/** From `follow_playlist` of player/component.py; entries are counted from 1. */
export interface Playlist {
  /** Is another one where other entries have its numbers. */
  list?: string;
  count: number;
  at: number;
  started: number;
  title?: string;
  chapter?: string;
  problem?: string;
}

/** From `reader` of player/component.py: the answers of a student, by the lesson's name. */
export interface Reading {
  /** The name of the page with the words, with which its path ends. */
  page: string;
  progress: Record<string, string>;
  /** Whether Python is to be told what the browser has kept. */
  asks: boolean;
  /** How often the student began anew, and how often something else was played. */
  forgotten: number;
  plays: number;
}

/** From `classroom` of player/component.py: the room of this tab. */
export interface ClassRoom {
  code: string;
  secret: string;
  /** What phones open, and how that is typed. */
  address: string;
  typed: string;
  /** Its code to scan, as an SVG. */
  qr: string;
  /** What is to be known of the address, if anything. */
  note: string;
  /** What was asked, as Python calls it; "" where the player has it already. */
  source: string;
  /** How often something was asked. */
  asked: number;
}

/** What votes/web.py tells a teacher of a room. */
export interface ClassBoard {
  round: number;
  state: "waiting" | "open" | "revealed";
  question: string;
  choices: string[];
  colours: string[];
  map?: { window: Region; starts: Point[]; hint: string; ratio: number };
  /** The map as the address of a picture, where it was asked for. */
  picture?: string;
  count: number;
  right?: number[];
  because?: string;
  tally?: { count: number; choices: number[]; percents: number[]; right: number; taps: Point[] };
}

/** What the user has chosen, as Python is told. */
export type Request = { serial?: number; of?: string } & (
  | { kind: "start" | "add"; at: number[]; last: boolean }
  | { kind: "move"; index: number; at: number[]; last: boolean }
  | { kind: "follow"; run: number; trajectory: number }
  | { kind: "turn"; to: number; list?: string }
  | { kind: "set"; values: Record<string, number>; last: boolean }
);
export type ChartRequest = { kind: "point"; at: unknown[] } | { kind: "box"; x: Range; y: Range };

/** What Streamlit hands a component. */
export interface Component<Data> {
  data: Data;
  parentElement: ParentNode;
  setTriggerValue(name: string, value: unknown): void;
  setStateValue(name: string, value: unknown): void;
}

/** What a server that does not know this tab's session needs to know (app_pages/recovery.py). */
export interface Kept {
  text: string;
  /** How often the connection had come back when the page was drawn. */
  back: number;
  /** For which the page was drawn, as the browser had asked for it. */
  address: string;
}

// ---- between the modules

/** From points of the landscape to pixels of a panel. */
export interface View {
  /** Whether it is a map. */
  flat: boolean;
  box: Box;
  /** Changes with what it shows. */
  key: string;
  /** The pixel of a point, and whether a hill hides it. */
  point(x: number, y: number, z: number): Pixel;
  /** The same of `count` points of a run, from an index of its arrays on, one after the other or every so many. */
  row(run: Run, from: number, count: number, px: Float32Array | Float64Array, py: Float32Array | Float64Array, hidden: Uint8Array, stride?: number): void;
}

export type Pixel = [x: number, y: number, hidden: boolean];
export type PixelRow = { px: Float32Array; py: Float32Array; hidden: Uint8Array };
/** A map or a scene of a panel, and the numbers of the runs that it shows. */
export type Subplot<V extends View = View> = { view: V; runs: number[] };

/** What the player is at. */
export interface Frame {
  race: Race;
  position: number;
  /** Whether trails are shown faintly from there on, too. */
  ahead: boolean;
  trail: "none" | "comet" | "whole";
  /** Numbers of the runs that are not shown. */
  off: Set<number>;
  /** The run that is drawn over the others, which are dimmed. */
  highlight: number | null;
  scale: number;
  theme: Theme;
  /** Whether the optimizers' names stand at their heads, and what else is to be said there of a run; null for nothing. */
  names: boolean;
  note: ((index: number) => string) | null;
}

/** What moves: the end of a trajectory `n` of a run, where it is and where it is drawn, in CSS pixels of the panel; and the place on the surface over or under which it is. */
export type Head = { index: number; n: number; x: number; y: number; left: number; top: number; hidden: boolean; foot: Pixel | null };

/** What a layer of trails draws of it. */
export interface PanelFrame extends Frame {
  subplots: Subplot[];
  starts: Point[] | null;
  /** Minima and saddles of a map. */
  marks: Point[] | null;
}

/** What of a step is pointed at: keys of parts of the move, and of symbols. */
export type Lit = { parts: string[]; keys: string[] };
/** What is drawn of a step, in the landscape's coordinates. */
export interface Shape {
  key: string;
  kind: "part" | "move" | "plain" | "look" | "there";
  from: number[];
  to: number[];
  label?: string;
  colour?: string;
  line: number;
}
