/** What one can do with the conversations picked or open; keys, buttons and menus all end here. */
export type Verb = 'archive' | 'trash' | 'junk' | 'move' | 'star' | 'unread';
