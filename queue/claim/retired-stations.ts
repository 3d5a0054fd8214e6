import type { Wait } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { RedisLink } from '../redis/redis-link.ts';
import { settleScript } from './claim-scripts.ts';
import { claimKeys } from './redis-claims.ts';

/** Blanks that a station may have used for an order since it claimed it: what the order machine allows at most. */
const attemptsOfClaim = 4;

/** What a person says of an order that a retired station left open. */
export type Settlement = 'remake' | 'finished' | 'refused';

/** The claim server of a site, as a person deals with it who is at no station. */
export interface ClaimServer {
  readonly link: RedisLink;
  readonly prefix: string;
}

/** A station that a person took out of the site, and who did. */
export interface RetiredStation {
  readonly station: string;
  readonly by: string;
}

/**
 * Takes a station out of the site: nobody waits for it at the barrier, and it makes nothing until a person enrols it
 * anew. What it claimed stays its own until it returns or a person settles it.
 */
export async function retireStation({ link, prefix }: ClaimServer, station: string, by: string, limit: Wait): Promise<void> {
  await link.run(limit, (client) => client.hset(`${prefix}:retired`, station, by));
}

/** Lets a retired station work again. Throws `CLI-USAGE` when it is not retired. */
export async function enrolStation({ link, prefix }: ClaimServer, station: string, limit: Wait): Promise<void> {
  const gone = await link.run(limit, (client) => client.hdel(`${prefix}:retired`, station));
  if (gone === 0) throw new StationFault('CLI-USAGE', { field: 'station', note: `${station} is not retired` });
}

/** The stations that a person took out of the site. */
export async function retiredStations({ link, prefix }: ClaimServer, limit: Wait): Promise<readonly RetiredStation[]> {
  const entries = await link.run(limit, (client) => client.hgetall(`${prefix}:retired`));
  return Object.entries(entries).map(([station, by]) => ({ station, by }));
}

/** Orders that each station has claimed and not ended; at most some hundreds, for a station claims one at a time. */
export async function openClaims({ link, prefix }: ClaimServer, limit: Wait): Promise<readonly { readonly orderId: string; readonly station: string }[]> {
  const claims = await link.run(limit, (client) => client.hgetall(`${prefix}:claims`));
  return Object.entries(claims).map(([orderId, text]) => ({ orderId, station: text.slice(text.indexOf(' ') + 1) }));
}

/** Whether a person settled an order under this fence or a later one: the station that has it may not go on. */
export async function isSettledByPerson({ link, prefix }: ClaimServer, orderId: string, fence: number, limit: Wait): Promise<boolean> {
  const settled = await link.run(limit, (client) => client.hget(`${prefix}:void`, orderId));
  return settled !== null && Number(settled) >= fence;
}

/**
 * A person settles an order that a retired station left open: its card was seen to be destroyed or never begun
 * (`remake`), it lies finished in a hand (`finished`), or no card shall be made (`refused`). The station's claim is void
 * from then on. Throws `CLI-USAGE` when the station is not retired or the order is not its own.
 */
export async function settleForStation({ link, prefix }: ClaimServer, orderId: string, station: string, how: Settlement, limit: Wait): Promise<void> {
  const keys = claimKeys(prefix);
  const outcome = how === 'remake' ? '' : how;
  const answer = await link.run(limit, (client) => client.eval(settleScript, keys.length, ...keys, orderId, station, outcome, String(attemptsOfClaim)));
  const [word = '', other = ''] = Array.isArray(answer) ? answer.map(String) : [];
  if (word === 'ok') return;
  const why = { 'not retired': `${station} is not retired: it may come back to it`, 'no claim': `${orderId} is claimed by nobody`, other: `${orderId} is claimed by ${other}` }[word];
  throw new StationFault('CLI-USAGE', { field: 'order', note: why ?? `the claim server answered ${word}` });
}
