import { z } from 'zod';

const milliseconds = z.int().min(0).max(3_600_000);
const path = z.string().min(1);
const stationId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/);

/** How the bench's printer is reached. Only what `drivers` can drive is listed. */
const printer = z.strictObject({
  protocol: z.literal('evolis'),
  link: z.strictObject({ kind: z.literal('tcp'), host: z.string().min(1), port: z.int().min(1).max(65_535) }),
});

const readers = z.strictObject({
  /** PC/SC names; null where the bench has no such station. */
  contactless: z.string().min(1).nullable(),
  contact: z.string().min(1).nullable(),
  /** Socket of the card service; absent for the computer's own. */
  serviceSocket: path.optional(),
});

/** Time limits in milliseconds; the defaults are those of a real Evolis printer (printers.md 8). */
const limits = z.strictObject({
  moveTimeoutMs: milliseconds.default(30_000),
  printTimeoutMs: milliseconds.default(300_000),
  printFloorMs: milliseconds.default(4_000),
  presenceTimeoutMs: milliseconds.default(5_000),
  exchangeTimeoutMs: milliseconds.default(60_000),
  queryTimeoutMs: milliseconds.default(30_000),
});

const bench = z.strictObject({ name: z.string().min(1).max(80), printer, readers, limits: limits.prefault({}) });

const queue = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('embedded') }),
  z.strictObject({ kind: z.literal('server'), host: z.string().min(1), port: z.int().min(1).max(65_535), username: z.string().optional(), passwordFile: path.optional(), tls: z.boolean().default(false) }),
]);

const keys = z.strictObject({
  module: path,
  tokenLabel: z.string().min(1).max(32),
  pinFile: path,
  /** Environment of the module, such as the path of its own configuration. */
  environment: z.record(z.string(), z.string()).default({}),
  /** The keys the station relies on; exactly one seals. */
  keys: z.array(z.strictObject({ label: z.string().min(1).max(32), use: z.enum(['derive', 'seal']), versions: z.array(z.int().min(1).max(65_535)).min(1) })).min(1),
});

const certificateAuthority = z.strictObject({
  protocol: z.literal('est'),
  url: z.url({ protocol: /^https$/ }),
  rootFile: path,
  clientCertificateFile: path,
  clientKeyFile: path,
});

/** What this site offers; rules R24, R33 and R35 read it. */
const site = z.strictObject({
  expressPickupPoints: z.array(z.string()).default([]),
  accessories: z.array(z.string()).default(['EM_HOLDER', 'EM_FOB', 'EM_CARD']),
  /** Where the holder activates the card, as it stands in the letter. */
  portal: z.string().min(1).max(80),
  returnAddress: z.array(z.string().min(1).max(60)).min(1).max(4),
});

/**
 * The configuration of one station: type, check, default and documentation in one schema. Paths that are not absolute
 * count from the configuration file's folder.
 */
export const stationConfigSchema = z.strictObject({
  station: z.strictObject({ id: stationId, stations: z.array(stationId).min(1).optional() }),
  /** Where store, journal, queue and results are kept. */
  dataDir: path,
  /** Where the activation letters are laid, to be printed. */
  lettersDir: path,
  bench,
  queue: queue.default({ kind: 'embedded' }),
  keys,
  certificateAuthority,
  profilesDir: path,
  /** Public key (JWK file) that PINs are sealed to for the portal. */
  portalKeyFile: path,
  site,
});

export type StationConfig = z.infer<typeof stationConfigSchema>;
