import { madeUpDyes } from '../../../simulator/printer/dye-model.ts';
import { composeSide } from '../../../simulator/printer/card-picture.ts';
import { chartSide, chartSteps, measureChart } from '../../../templates/panels/colour-chart.ts';
import type { ColourTable } from '../../../templates/schema/colour-table.ts';

/** The colour chart printed with the simulator's made-up dyes, and measured from its picture. */
export function measureMadeUpRibbon(): ColourTable {
  const { y, m, c } = chartSide();
  const picture = composeSide({ dots: { ...(y && { y }), ...(m && { m }), ...(c && { c }) }, passes: {} }, madeUpDyes);
  return {
    kind: 'kortverk-colour-table',
    printer: 'simulated Primacy 2 Duplex',
    ribbon: "the simulator's made-up dyes",
    measured: '2026-11-22',
    note: 'Measured from the picture of the chart that the simulated printer made. An example of the form: no real ribbon looks like this.',
    steps: [...chartSteps],
    colours: measureChart(picture),
  };
}
