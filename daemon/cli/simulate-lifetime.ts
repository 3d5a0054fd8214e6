import { StationFault } from '../../drivers/contracts/fault.ts';

/** Reads `HOST:PORT`; an IPv6 host stands in brackets. Throws `CLI-USAGE`. */
export function parseEndpoint(text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? -1);
  if (host === undefined || port < 0 || port > 65_535) throw new StationFault('CLI-USAGE', { note: `${text.slice(0, 80)} is no HOST:PORT` });
  return { host, port };
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once, as usual. */
export async function untilEnded(): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      process.off('SIGTERM', end);
      process.off('SIGINT', end);
      resolve();
    };
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
  });
}
