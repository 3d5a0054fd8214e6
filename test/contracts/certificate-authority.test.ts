import { openTestAuthority } from '../support/test-authority.ts';
import { describeCertificateAuthority } from './certificate-authority-contract.ts';

describeCertificateAuthority('EST over the simulated server', async () => {
  const { server, client, ...both } = await openTestAuthority();
  return {
    authority: client,
    refuse: () => { server.setFault({ name: 'refuse', reason: 'the holder is not entitled' }); },
    keepWaiting: () => { server.setFault({ name: 'slow', delayMs: 60_000 }); },
    disappear: async () => { await server[Symbol.asyncDispose](); },
    [Symbol.asyncDispose]: async () => { await both[Symbol.asyncDispose](); },
  };
});
