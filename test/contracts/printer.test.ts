import { openEspfSubject } from '../support/simulated-espf.ts';
import { openLineSubject } from '../support/simulated-line.ts';
import { openEvolisSubject } from '../support/simulated-printer.ts';
import { printerContract } from './printer-contract.ts';

printerContract('The Evolis driver over TCP', async () => openEvolisSubject());
printerContract('The Evolis driver over a serial line', async () => openLineSubject('serial'));
printerContract('The Evolis driver over a serial line set to ACK/NACK', async () => openLineSubject('serial-acknowledging'));
printerContract('The Evolis driver over a printer node', async () => openLineSubject('device'));
printerContract('The driver of the vendor\'s service', async () => openEspfSubject());
