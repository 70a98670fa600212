//! Where leads, customers and deals come from.

crate::choice! {
    /// Where a lead, customer or deal came from.
    pub enum Source {
        /// A trade fair.
        TradeFair "trade_fair" "Trade fair" "展会",
        /// A channel partner.
        ChannelPartner "channel_partner" "Channel partner" "渠道伙伴",
        /// An advertisement.
        Advertisement "advertisement" "Advertisement" "广告",
        /// Our website.
        Website "website" "Website" "官网",
        /// Somebody who knows us.
        Referral "referral" "Referral" "转介绍",
        /// A telephone call.
        Telephone "telephone" "Telephone" "电话",
        /// An online lead.
        OnlineLead "online_lead" "Online lead" "线上线索",
    }
}
crate::choice_fields!(Source);
