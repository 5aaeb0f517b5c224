/** What may have to be said on top once the screen stands: one part, because each would be a request of its own. */
import { NewsBanners } from '#web/announcements/NewsBanners.tsx';
import { PasswordBanner } from '#web/entry/PasswordBanner.tsx';
import { MandateBanner } from './MandateBanner.tsx';

export function LateBanners() {
  return (
    <>
      <NewsBanners />
      <PasswordBanner />
      <MandateBanner />
    </>
  );
}
