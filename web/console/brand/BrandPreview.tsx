/** What people will see, in one look: the head of a page, a link, a button and what is chosen in a list. */
import { useEffect, useRef } from 'react';
import { paletteOf, surfaces } from '#formats/brand/accent.ts';
import type { Look } from '#formats/brand/accent.ts';
import type { Colour } from '#formats/brand/colour.ts';
import { t } from '#web/words/brand.ts';
import own from './brand.module.css';

export interface BrandPreviewProps {
  readonly look: Look;
  readonly accent: Colour | undefined;
  readonly name: string;
  readonly logoUrl: string | undefined;
}

export function BrandPreview({ look, accent, name, logoUrl }: BrandPreviewProps) {
  const panel = useRef<HTMLDivElement>(null);
  // Both looks stand side by side whatever that of the screen is: the properties are set here, on the panel alone.
  useEffect(() => {
    const { grounds, inks, accent: usual } = surfaces[look];
    const all = { ...grounds, ...inks, ...paletteOf(accent ?? usual, look) };
    for (const [property, colour] of Object.entries(all)) panel.current?.style.setProperty(`--${property}`, colour);
  }, [look, accent]);
  return (
    <figure className={own['preview']}>
      <figcaption>{t(`preview.${look}`)}</figcaption>
      <div ref={panel} className={own['panel']} data-look={look}>
        {logoUrl === undefined ? <strong>{name}</strong> : <img className={own['logo']} src={logoUrl} alt={name} />}
        <p>
          {t('preview.text')} <span className={own['link']}>{t('preview.link')}</span>
        </p>
        <p className={own['chosen']}>{t('preview.chosen')}</p>
        <span className={own['button']}>{t('preview.button')}</span>
      </div>
    </figure>
  );
}
