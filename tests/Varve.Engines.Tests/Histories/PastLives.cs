using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.Histories;

/// <summary>
/// Lives that once showed a defect, of the product or of the model. Their seeds hold as long as the generator stays what it
/// is.
/// </summary>
public abstract class PastLives(Func<ScratchDatabase> create)
{
    public static TheoryData<string> Seeds =>
        [
            "eEt9tIy5Jqs5",
            "0000tLzShH-7",
            "2w91gFeB5kZ3",
            "dzPwiN1QMUc7",
            "dQKiMG7iMtT5",
            "eDCHhW1TW4b1",
            "0r9sx7g_uGQ4",
            "5DlONYyVpQc4",
            "7_YjgPSLg6D5",
            "awjk3-cvHds3",
            "2Yqrc5DO8d54",
            "2k6WNnzuaIQ1",
            "9vQCvH2aF7f1",
            "b4EMF9m1LsY5",
            "3c7_d0QZX591",
            "8P-JIGhLqcg6",
            "0000UEh1MCz3",
            "9duWE548zcI6",
            "8KCXcpsRQW-1",
            "fRI3NfTlWIG4",
            "fps_uhQwRpG1",
            "8vGx-iB2KYW1",
            "eMyhi1WjJe45",
            "bsuxbbP4-WB2",
            "3EeC7Pcn6WE1",
            "9Olv45gO9jl6",
            "fctsRewb5T61",
            "0001KfqsfKg3",
            "cYiZIU8Kxl93",
            "9RaGcI4uC7l3",
            "1_c5ivE3VqW2",
            "cAAOG7fiM7-3",
            "3kLN-oz1CVL4",
            "1fVlXtGhGo03",
            "6xpZjCbdfbe1",
            "05ilyl1b3ce5",
            "5TAV3ZfPhc93",
            "73lDqROeqat5",
            "6C2FjZkL4Oz4",
            "2q9wefMrbpC5",
            "aRkJBV8JgF15",
            "6NFFzC20g984",
            "fEscOMZgTj92",
            "dui4bK8omLe5",
            "ft8VqrqFvv97",
            "0CeGL_NYfdt4",
            "3apybHQYddH4",
            "9K05qpQJj505",
            "fWI5-ZnaZlM1",
            "0003PD3JNPA2",
            "2jQtu-NtMC83",
            "2mmfus1x-Nj3",
            "3NDEeDu-G0W5",
            "f6OGP3v6ca66",
            "2eK0f0G1Cct4",
            "cSUsgU-WP-m3",
            "9VInmMrDky52",
            "5dXlZWU2eiI2",
            "1NlgI71DIDs1",
            "ef2KHfNQFf85",
            "6boe5bEWGjA2",
            "1q3c7ooPoWh3",
        ];

    /// <summary>The same of lives to which the application writes while a run works.</summary>
    public static TheoryData<string> BusySeeds =>
        ["0003BSqaJJF5", "0JvNFx_e7gX2", "9ufq0PIUIsZ1", "0003ZICH2za1", "0cI6ppVXdFF6", "bUBm8Wu4-a06", "1uzBtejWj9Y5"];

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task It_ends_well(string seed) => HistoryProperties.LiveAsync(create, History.Gen, seed, 1);

    [Theory]
    [MemberData(nameof(BusySeeds))]
    public async Task It_ends_well_while_rows_come(string seed)
    {
        await using (var db = create())
            if (!db.HasTransactions)
                Assert.Skip(
                    "Without transactions a row that comes between proof and removal is not told from those that were proven: only partitions go there while somebody writes."
                );
        await HistoryProperties.LiveAsync(create, History.Busy, seed, 1);
    }
}
