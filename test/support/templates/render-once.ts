import { sampleFace, patient } from './sample-faces.ts';
import { openRenderer } from '../../../templates/render/card-renderer.ts';

/**
 * A process of its own that draws the sample card and prints its digest. With `--foreign-fonts` something else in the process has drawn text
 * before, so that fontconfig is already set to other fonts. Arguments: cache folder, then options.
 */
const [cacheDir = '', option] = process.argv.slice(2);
if (option === '--foreign-fonts') {
  const { default: sharp } = await import('sharp');
  await sharp({ text: { text: 'x', font: 'sans 20' } }).raw().toBuffer();
}
const renderer = await openRenderer({ cacheDir });
const card = await renderer.render(await sampleFace(), patient());
process.stdout.write(card.image.digest);
