// The player of a page without a server, of a static site or of a saved one, which shows one picture after the other.

import { readStep } from "./anatomy.js";
import { readPictures } from "./backdrop.js";
import { readLandscape, readRuns } from "./data.js";
import { Player } from "./player.js";
import { Trainer } from "./trainer.js";
import { readTraining } from "./training.js";

/** @import { Colours } from "./colours.js" */
/** @import { FreeRace } from "./freerace.js" */
/** @import { Landscape, LiveBlock, PlotLibrary, Point, Race, Request, SiteBlock, SiteStop } from "./types" */

/** @typedef {{ get: (name: string) => Promise<Uint8Array>, library: () => Promise<PlotLibrary>, colours?: Colours | null }} Sources gives blocks by their names, and what draws figures; in what colours, if the page can have others */

export class Stage {
  /** @param {HTMLElement} root @param {Sources} sources */
  constructor(root, { get, library, colours = null }) {
    this.root = root;
    this.get = get;
    this.library = library;
    this.colours = colours;
    /** @type {Player | Trainer | null} */
    this.player = null;
    this.shown = { stop: /** @type {SiteStop | null} */ (null), pick: /** @type {((at: Point) => void) | null} */ (null), mark: /** @type {Point | null} */ (null) };
    this.plays = 0;
    /** @type {FreeRace | null} which chooses among the runs of each race */
    this.free = null;
    colours?.listeners.push(() => this.repaint());
  }

  /**
   * Play a picture from its start.
   * @param {SiteStop} stop @param {{ pick?: ((at: Point) => void) | null, mark?: Point | null }} how what is called with a point that was chosen on the map, and where one was
   */
  async show(stop, { pick = null, mark = null } = {}) {
    const mine = ++this.plays;
    const parts = await this.parts(stop);
    if (mine !== this.plays) return; // something else was asked for meanwhile
    this.shown = { stop, pick, mark };
    this.set(parts);
  }

  /** @param {SiteStop} stop */
  async parts({ race, landscape, training, steps, pictures, live, frame, ground }) {
    const { colours } = this;
    const get = async (/** @type {SiteBlock} */ name) => {
      const single = typeof name === "string";
      return { bytes: await this.get(single ? name : name[colours?.name ?? "light"]), brush: single ? colours : null };
    };
    const text = async (/** @type {SiteBlock} */ name) => get(name).then(({ bytes, brush }) => brush?.paintText(bytes) ?? bytes);
    const json = async (/** @type {SiteBlock} */ name) => text(name).then((bytes) => JSON.parse(new TextDecoder().decode(bytes)));
    const headed = async (/** @type {SiteBlock} */ name) => get(name).then(({ bytes, brush }) => brush?.paintHeader(bytes) ?? bytes);
    const [runs, under, trained, apart, pictured, common, own] = await Promise.all([
      race && headed(race),
      landscape && text(landscape),
      training && headed(training),
      Promise.all((steps ?? []).map(headed)),
      pictures && get(pictures).then(({ bytes }) => readPictures(bytes)),
      frame && json(frame),
      ground && json(ground),
    ]);
    return { runs, under, trained, apart, pictured, common, own };
  }

  /** @param {Awaited<ReturnType<Stage["parts"]>>} parts */
  set({ runs, under, trained, apart, pictured, common, own }) {
    const { pick, mark } = this.shown;
    const player = this.playerFor(trained ? Trainer : Player, Boolean(pick));
    if (trained && player instanceof Trainer) {
      player.setTraining({ ...readTraining(trained), chapter: String(this.plays) });
    } else if (common && own && this.free) {
      this.play(this.free.made(common, own, under || undefined));
      this.free.apply();
    } else if (runs && under) {
      const race = readRuns(runs);
      if (race.prediction && mark) race.prediction.mark = mark;
      this.play({ race, landscape: readLandscape(under), block: null });
      for (const step of apart) player.stepper.set({ ...readStep(step), token: race.token });
      this.free?.showSaved(race);
    }
    player.setPictures(pictured || []);
  }

  /** @param {{ race: Race, landscape: Landscape, block: LiveBlock | null }} what */
  play({ race, landscape, block }) {
    const player = this.playerFor(Player, Boolean(this.shown.pick));
    const turned = player.live.on;
    player.live.drop();
    if (block) player.live.give(block);
    if (turned || player.landscape?.key !== landscape.key) player.setLandscape(landscape);
    player.setRace({ ...race, chapter: String(this.plays), landscapeKey: landscape.key });
  }

  /** The player that there is, or another one where something else is played, or can be chosen. @param {typeof Player | typeof Trainer} Kind @param {boolean} picks */
  playerFor(Kind, picks) {
    const { player } = this;
    if (player && Object.getPrototypeOf(player) === Kind.prototype && Boolean(player.ask) === picks) return player;
    player?.close();
    const chosen = (/** @type {Request} */ request) => {
      if ((request.kind === "start" || request.kind === "add") && this.shown.pick) this.shown.pick(/** @type {Point} */ (request.at));
    };
    this.player = new Kind(this.root, this.library(), picks ? chosen : null);
    this.player.live.fetch = async () => {
      const { live } = this.shown.stop ?? {};
      return live ? JSON.parse(new TextDecoder().decode(await this.get(live))) : null;
    };
    return this.player;
  }

  /** In other colours, where it was. */
  async repaint() {
    const { player, shown } = this;
    if (!player || !shown.stop) return;
    const { position, playing } = player.clock;
    const mine = ++this.plays;
    const parts = await this.parts(shown.stop);
    if (mine !== this.plays) return;
    this.free?.keep();
    player.close();
    this.player = null;
    this.set(parts);
    const again = this.playerFor(/** @type {typeof Player} */ (player.constructor), Boolean(shown.pick));
    if (!playing) again.clock.pause();
    again.clock.seek(position);
  }
}
