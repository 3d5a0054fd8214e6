import { StationFault } from '../../drivers/contracts/fault.ts';
import { magicardModels, type MagicardIdentity } from './magicard-answers.ts';
import { openMagicardFront } from './magicard-front.ts';
import { openStandalone, tcpFront, type StandaloneOptions, type StandalonePrinter } from './standalone-printer.ts';

export const defaultMagicardModel = 'enduro-duo';

/** The identity of a model. Throws `SIM-INVALID` for an unknown name. */
export function magicardModel(name: string): MagicardIdentity {
  const identity = Object.hasOwn(magicardModels, name) ? magicardModels[name] : undefined;
  if (identity === undefined) throw new StationFault('SIM-INVALID', { field: `model ${name.slice(0, 40)}`, note: `known: ${Object.keys(magicardModels).join(', ')}` });
  return identity;
}

/** Opens a Magicard with an endless feeder and a full film of every panel. Throws what `openStandalone` throws. */
export async function openStandaloneMagicard(options: StandaloneOptions & { readonly identity: MagicardIdentity }): Promise<StandalonePrinter> {
  const { place, identity } = options;
  return openStandalone(options, identity.model, async (mechanics) => tcpFront(place, (address) => openMagicardFront({ mechanics, identity, ...address })));
}
