import type { SecureChannel, SecureChannelOpener } from '../contracts/channel.ts';
import type { KeyCustody } from '../contracts/keys.ts';
import { withCommandChaining } from './command-chaining.ts';
import { openScp03, scp03MostDataBytes } from './scp03.ts';

/** Opens secure channels with the keys of a store. Long commands go out as chains of links that still hold padding and MAC. */
export function secureChannelOpener(keys: KeyCustody): SecureChannelOpener {
  return async (channel, plan, limit): Promise<SecureChannel> => {
    const secure = await openScp03(channel, {
      keyVersion: plan.keyVersion,
      level: plan.level,
      sessionKeys: ({ diversification, cardChallenge }, hostChallenge) => keys.channelSession(plan.keys, { diversification, hostChallenge, cardChallenge, lengthBytes: plan.lengthBytes }),
    }, limit);
    const chained = withCommandChaining(secure, scp03MostDataBytes);
    return { transmit: (command, within) => chained.transmit(command, within), [Symbol.dispose]: () => secure[Symbol.dispose]() };
  };
}
