//! No licensed sentence enters the repository: what is known of them is kept as hashes only.
//!
//! A sentence is normalised to lower case, letters and digits, single spaces, and looked for across line ends and marks
//! in every text of the repository. The first two words leave 16 bits, to hash only what may be one.

use shared::answers::sha256_hex;

use super::{Source, check};

/// Well-known sentences of instruments: how many words, 16 bits of the first two, SHA-256 of all. The first is ours
/// and stands nowhere, to show that the test sees.
const LICENSED: [(usize, u16, &str); 41] = [
    (9, 0xc21b, "ab8cd22484d91e6ca2e618e71d97aea0dfbd17d8e6bcc3e546c26d29338966d7"),
    (10, 0x12c5, "a46c56237ef31d72b60fcbe53650e0a710399c96d20bd6e92cb694dd7e7d73fc"),
    (10, 0x366e, "57538c3a91b7746690ecda127b2db2800746c624be4bfc2d39f8a58a37652a31"),
    (10, 0x4962, "c234f332149a956d457fbdc12884a8b6f93ae49ce27985d3917f5ba555bb164c"),
    (10, 0xad01, "ff138c311ffabf3b0c017e222e1b620bdb1302e8b32fcca6b0d676181e29ab81"),
    (11, 0x366e, "046a183e7113cbb625b5e8d3f76fbfeb7b1aa7b88379653b148c86273ae31621"),
    (11, 0x366e, "35115f3703783848704a8b5cf63433e7fb6a9dffdee0491be6619b6827c29bec"),
    (11, 0x9688, "a7709a3b36bf9eae353297b33147d2208682fd8ea87e14abaec9f3dc7a887e49"),
    (12, 0x1fd7, "32289b9228512e3e3573fe69e7f9037f4ae3f9e6ef6af085b47d0273f7c519d3"),
    (13, 0x1adf, "d100f5ef3641efbbd9ccbea393ed1c7e765d2ae70ea7820ea02a92159ed878c1"),
    (13, 0x1adf, "f1138fe7674faddbba6573f06d63642c668cdc9f0b47fe513ad56f65902b2688"),
    (13, 0x9688, "6f45f75513959c34931348b6ab187303144740d52c4b19c41cd81d5c3ab115e9"),
    (14, 0x6c30, "97cec7ff54074c4dcb1a8fe1a4f3cc8d3ec955b8ff6ae7030572a5402b8afd40"),
    (17, 0x1adf, "19e50faeefbee0b6a35ebc6ad745e2b2519dbdf0cff853371b45caf39e463d09"),
    (19, 0x44b7, "b13e24d1f129f296d6cefa95ff114f3b2bdc6cdfa000db715c167e383af3dcff"),
    (5, 0xd4e9, "adb58a907ca764c1e96b1a71554b4aa7a47f01a5ed6e96e928bd3cf493286cb0"),
    (6, 0x366e, "b207f80d0e221b277d55e317345e9a584a0dadbf9b6243f46445edbcedabefd8"),
    (6, 0x8a90, "defae44dc30949cb6319ff694b4e89d9afd9eb65721669e6ea409f850293b9e0"),
    (6, 0x8f22, "58040ea67a3e3cd4bf96d95705af825a56666c801b7dd0a0202b30670c2821d2"),
    (6, 0x8f22, "88b3fb726af336c1781ee3aaa5bb7ae18d8d68a38c145602e6ec60b392feba9a"),
    (6, 0xb540, "1ac534628ac821172a116c8cf5bfca6b13658022f73bb79868a84a1dba17be0f"),
    (6, 0xb540, "773ea6a8f24240617fb03b68e5c986d3b1057208a21014b2164c8e5830a48919"),
    (6, 0xd09e, "c6629d72c2e819871c33169f144e1b4b64f615bda1307763b02a28a424a46942"),
    (6, 0xe2ee, "c626e2e5b66b1815642c149aa3303f7fd7275f0ff97e22d4686a83f868078090"),
    (6, 0xf6c1, "420bdc7c3c0ec33a3b39b15700d0904417f633dfce1c64f91a3974c7463f6307"),
    (7, 0x8f22, "242f4836e3e43749561a9a6228fb3fb1fe40c54a588d02dc13b59ccad6efd541"),
    (7, 0x90f8, "00117e80a9e204e62719394f9cef2dbb2e97efe4d51f5b18cfcba00b1b5c09a0"),
    (7, 0xf71d, "7ad6330b18ed726148a23cccae1b69a31a7d6b26c8bd53342ec89d29476f9a0d"),
    (8, 0x33b2, "b6553f7a4378af5e41eed3260de7520e56319aee1b344d090243a8e719f497cd"),
    (8, 0x366e, "a71f1e3e87e7c7043d27ad716a4ed1b74a10b1db169f7612f706f0ff6d5a2efa"),
    (8, 0x8f22, "9a67abdb4fcb616ffe831a91e10e220f135f317732002f7b702b0ce9ff736917"),
    (8, 0x8f22, "df2184a74805b60e78b33fc4a478d0a9da7970039f27fb3ce5627fecfb549963"),
    (8, 0x9688, "fa2b6785a6229fb705255b51a4e7dcca08b2431cf8436e18a3afc3b1fabd3a6a"),
    (8, 0xac55, "30b182c2191f55ed61ebcab6e2d316d7f28334c0e956277e6a6c7a67a07a4ce7"),
    (9, 0x1adf, "d5d683c7deefd1aaf7cce9abcc5adcabb11f56b4ba93de3806b682bdd4497845"),
    (9, 0x20cf, "58e8b6c6896c80d9dee50b7ae6e9b1b8b4c95c32d12882ffc2ff29607439f0cc"),
    (9, 0x54c6, "623878c22f3592d8dff0ed27cf0eac18714fc5119ee155af6081ce5b20764dd0"),
    (9, 0x7a6b, "874233a53af6a9ebb2387bfea45dc0478a8a000fabcdc12f11b5a30a7adc035a"),
    (9, 0x8f22, "affe7a8f14ba8738490c3d52819aaa9243207e500277b34af04b7331891dd621"),
    (9, 0xb094, "487b03268e9869ad68b68a1ec84338e8ac637b5eb2ef6dc699347e3d7c8ea4ef"),
    (9, 0xc839, "673522486e67296bb9d2a4fd43506331299be9a10399cca9e6d8361c48b0a0e0"),
];

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// 16 bits of a text (FNV-1a).
fn trace(text: &str) -> u16 {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    u16::try_from(hash & 0xffff).unwrap()
}

fn rule(source: &Source) -> Vec<String> {
    let words = words(&source.text);
    let mut findings = Vec::new();
    for (place, pair) in words.windows(2).enumerate() {
        let trace = trace(&pair.join(" "));
        for (n, _, hash) in LICENSED.iter().filter(|(_, known, _)| *known == trace) {
            let Some(sentence) = words.get(place..place + n) else { continue };
            if sha256_hex(sentence.join(" ").as_bytes()) == *hash {
                findings.push(format!("{}: {} … is a licensed sentence", source.path, pair.join(" ")));
            }
        }
    }
    findings
}

#[test]
fn no_licensed_sentence_is_in_the_repository() {
    // out of order, so that this file does not hold what it looks for
    let [last, first, middle] = ["stay here!\"", "q1 = \"No stray", "# sentence, of THE garden may"];
    let broken = format!("{first}\n{middle}\u{a0}{last}");
    check(rule, &Source::new("shared/src/instrument/wording/en/site.toml", &broken));
}
