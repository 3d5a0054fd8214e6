/** What a station of a campaign is started with; a file, so that a killed one is started again with the same. */
export interface StationPlan {
  /** Folder of the simulated station; its machine runs already. */
  readonly dir: string;
  readonly stationId: string;
  readonly stations: readonly string[];
  readonly redisPort: number;
  /** The wire to the printer, which can be cut. */
  readonly printerPort: number;
  readonly profilesDir: string;
  /** Orders that come in at this station. */
  readonly orderIds: readonly string[];
  /** Files of the orders; read at the first start, later ones find the orders in the store. */
  readonly orderPaths: readonly string[];
  /** Orders that are taken back while the station runs: one id a line, added to. */
  readonly withdrawals: string;
  readonly cardNumbers: { readonly prefix: string; readonly first: number; readonly last: number };
  /** How a daemon's station works together with the others; null for one that runs a batch of orders that all stations know. */
  readonly site: SitePlan | null;
  /** Lock time of the queue's worker in milliseconds: short, so that freezing beyond it does not take minutes. */
  readonly lockMs: number;
}

/** Stations as daemons that share their orders. */
export interface SitePlan {
  readonly keyFile: string;
  /** Orders for the express desk: they come in while others are made, and cut in between cards. */
  readonly expressPaths: readonly string[];
  /** The file by which this station says that all orders which came in here are over. */
  readonly over: string;
  /** The same of all stations: when they are there, the daemons end. */
  readonly allOver: readonly string[];
}

/** The one line that a station prints when it ends by itself. */
export interface StationEnd {
  readonly pausedFor: string | null;
}
