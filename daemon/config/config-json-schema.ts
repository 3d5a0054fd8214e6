import { z } from 'zod';
import { stationConfigSchema } from './station-config.ts';

/** JSON Schema (draft 2020-12) of a station's configuration file; `docs/station.schema.json` is a copy of it. */
export function configJsonSchema(): unknown {
  return {
    title: 'Kortverk station',
    description: 'The configuration of one card-production station.',
    ...z.toJSONSchema(stationConfigSchema, { io: 'input', target: 'draft-2020-12' }),
  };
}
